package dev.rocmforge.engine.model;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A sum of parts with random values, as a dense matrix in double, and how far a product in floats
 * may be from it: rounding alone, since the parts are what they are.
 *
 * @param parts of B (blocks), S (sparse), UV (low rank), R (rotated)
 * @param rank of UV, 0 without
 */
public record CompressedExample(String parts, int rows, int cols, int rank) {
  /** Where a sum is split over the fewest lanes, those of a vector on the CPU. */
  private static final int LANES = 8;

  /** What an output is, and how far from it a product may be. */
  public record Expected(double value, double bound) {}

  /** Every sum of parts, tall and wide, ranks 1 to 512. */
  public static List<CompressedExample> all() {
    List<CompressedExample> examples = new ArrayList<>();
    for (String parts : List.of("B UV", "UV", "S UV", "S UV R")) {
      examples.add(new CompressedExample(parts, 544, 512, 1));
      examples.add(new CompressedExample(parts, 96, 256, 33));
      examples.add(new CompressedExample(parts, 320, 128, 128));
      examples.add(new CompressedExample(parts, 544, 512, 512));
      examples.add(new CompressedExample(parts, 512, 1024, 512));
    }
    for (String parts : List.of("S", "B R", "S R", "B S")) {
      examples.add(new CompressedExample(parts, 544, 256, 0));
      examples.add(new CompressedExample(parts, 96, 1024, 0));
    }
    return examples;
  }

  private boolean has(String part) {
    return List.of(parts.split(" ")).contains(part);
  }

  private static float[] normal(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The parts; every fifth sparse row is empty. */
  public CompressedMatrix matrix() {
    Random random = new Random(hashCode());
    Optional<Tensor> blocks = Optional.empty();
    if (has("B")) {
      MemorySegment bytes =
          MemorySegment.ofArray(new byte[(int) (rows * QuantType.Q4_0.bytes(cols))]);
      QuantType.Q4_0.format().encode(normal(random, rows * cols), 0, bytes, 0, rows * cols);
      blocks = Optional.of(new Tensor("B", QuantType.Q4_0, rows, cols, bytes));
    }
    Optional<SparseMatrix> sparse = Optional.empty();
    if (has("S")) {
      float[] values = normal(random, rows * cols);
      for (int i = 0; i < values.length; i++) {
        values[i] = i / cols % 5 == 4 ? 0 : values[i];
      }
      sparse = Optional.of(SparseMatrix.of(values, rows, cols, 1.2));
    }
    Optional<LowRank> lowRank = Optional.empty();
    if (has("UV")) {
      float[] u = normal(random, rows * rank);
      lowRank = Optional.of(new LowRank("UV", rows, cols, rank, u, normal(random, rank * cols)));
    }
    return new CompressedMatrix("example", rows, cols, blocks, sparse, lowRank, has("R"));
  }

  /** Rows of activations. */
  public float[] input(int batch) {
    return normal(new Random(rows + cols), batch * cols);
  }

  /** The dense matrix, in the domain of the rotated input where there is one. */
  private static double[] dense(CompressedMatrix matrix, boolean magnitudes) {
    int cols = matrix.cols();
    double[] dense = new double[(int) matrix.rows() * cols];
    float[] row = new float[cols];
    for (int r = 0; r < matrix.rows(); r++) {
      int at = r * cols;
      if (matrix.blocks().isPresent()) {
        matrix.blocks().get().decodeRow(r, row, 0);
        for (int c = 0; c < cols; c++) {
          dense[at + c] += magnitudes ? Math.abs(row[c]) : row[c];
        }
      }
      if (matrix.sparse().isPresent()) {
        int[] starts = matrix.sparse().get().starts();
        int[] columns = matrix.sparse().get().columns();
        float[] values = matrix.sparse().get().values();
        for (int i = starts[r]; i < starts[r + 1]; i++) {
          dense[at + columns[i]] += magnitudes ? Math.abs(values[i]) : values[i];
        }
      }
    }
    matrix.lowRank().ifPresent(part -> addProduct(part, dense, magnitudes));
    return dense;
  }

  private static void addProduct(LowRank part, double[] dense, boolean magnitudes) {
    float[] u = part.u();
    float[] v = part.v();
    int cols = part.cols();
    for (int r = 0; r < part.rows(); r++) {
      for (int k = 0; k < part.rank(); k++) {
        double factor = u[r * part.rank() + k];
        for (int c = 0; c < cols; c++) {
          double term = factor * v[k * cols + c];
          dense[r * cols + c] += magnitudes ? Math.abs(term) : term;
        }
      }
    }
  }

  /**
   * The dense product of {@code batch} rows, {@code [batch][rows]}.
   *
   * <p>A sum of n terms over L lanes rounds each at most {@code n / L + log2(L)} times, the two
   * factors after each other, every part once more when it is added; a rotation as often as its
   * steps. Each time at most half a unit in the last place, of the sum of all magnitudes.
   */
  public List<Expected> exact(CompressedMatrix matrix, float[] x, int batch) {
    double[] dense = dense(matrix, false);
    double[] magnitudes = dense(matrix, true);
    double steps = cols / (double) LANES + rank / (double) LANES + 2 * 6 + 4;
    steps += matrix.rotated() ? Integer.numberOfTrailingZeros(cols) : 0;
    List<Expected> expected = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      double[] turned = new double[cols];
      double[] most = new double[cols];
      for (int c = 0; c < cols; c++) {
        turned[c] = x[i * cols + c];
        most[c] = Math.abs(turned[c]);
      }
      if (matrix.rotated()) {
        rotate(turned, most);
      }
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        double magnitude = 0;
        for (int c = 0; c < cols; c++) {
          sum += dense[r * cols + c] * turned[c];
          magnitude += magnitudes[r * cols + c] * most[c];
        }
        expected.add(new Expected(sum, steps * 0x1p-24 * magnitude));
      }
    }
    return expected;
  }

  /** By the definition, entry by entry; magnitudes of a rotated value are all the same. */
  private static void rotate(double[] x, double[] magnitudes) {
    double[] from = x.clone();
    double all = 0;
    for (double value : from) {
      all += Math.abs(value);
    }
    double factor = 1 / Math.sqrt(x.length);
    for (int i = 0; i < x.length; i++) {
      double sum = 0;
      for (int j = 0; j < x.length; j++) {
        sum += Integer.bitCount(i & j) % 2 == 0 ? from[j] : -from[j];
      }
      x[i] = sum * factor;
      magnitudes[i] = all * factor;
    }
  }

  @Override
  public String toString() {
    return parts + " " + rows + "x" + cols + (rank > 0 ? " rank " + rank : "");
  }
}
