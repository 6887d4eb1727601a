package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.compress.SparseMatrix;
import java.lang.foreign.MemorySegment;

/**
 * The payload of {@code MoeExpertSvdSparse}, for e experts of {@code [rows][cols]} at rank k.
 *
 * <pre>
 * f32 U[e][rows][k] | f32 V[e][k][cols] | u32 starts[e][rows + 1] | u32 columns[nnz]
 * | f32 values[nnz] | u32 count[e]            starts of each expert begin at 0
 * </pre>
 */
final class ExpertPayload {
  private static final long WORD = 4;

  private final PayloadReader reader;
  private final RfmEncoding.MoeExpertSvdSparse shape;
  private final int[] counts;
  private final long starts;
  private final long columns;

  /**
   * @throws InputException if the experts' counts are not the total
   */
  ExpertPayload(String place, MemorySegment payload, RfmEncoding.MoeExpertSvdSparse shape) {
    this.shape = shape;
    reader = new PayloadReader(place, payload);
    long total = shape.csr().nonZeros();
    starts = WORD * shape.experts() * shape.k() * (shape.csr().rows() + shape.csr().cols());
    columns = starts + WORD * shape.experts() * (shape.csr().rows() + 1);
    counts = reader.from(columns + 2 * WORD * total).indices(shape.experts(), 32);
    long sum = 0;
    for (int count : counts) {
      sum += count;
    }
    if (sum != total) {
      throw new InputException(
          "%s: counts of the experts: a sum of %d needed, %d found".formatted(place, total, sum));
    }
  }

  float[] u(int expert) {
    long count = shape.csr().rows() * shape.k();
    return reader.from(WORD * expert * count).values(count, RfmEncoding.ValueType.F32);
  }

  float[] v(int expert) {
    long before = WORD * shape.experts() * shape.csr().rows() * shape.k();
    long count = shape.csr().cols() * shape.k();
    return reader.from(before + WORD * expert * count).values(count, RfmEncoding.ValueType.F32);
  }

  SparseMatrix sparse(String place, int expert) {
    long rows = shape.csr().rows() + 1;
    long before = 0;
    for (int e = 0; e < expert; e++) {
      before += counts[e];
    }
    int[] rowStarts = reader.from(starts + WORD * expert * rows).indices(rows, 32);
    int[] cols = reader.from(columns + WORD * before).indices(counts[expert], 32);
    float[] values =
        reader
            .from(columns + WORD * (shape.csr().nonZeros() + before))
            .values(counts[expert], RfmEncoding.ValueType.F32);
    return new SparseMatrix(place, (int) shape.csr().cols(), rowStarts, cols, values);
  }
}
