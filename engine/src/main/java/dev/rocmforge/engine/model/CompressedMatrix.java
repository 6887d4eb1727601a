package dev.rocmforge.engine.model;

import dev.rocmforge.engine.compress.Hadamard;
import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import java.util.Arrays;
import java.util.Optional;

/**
 * A matrix as a sum of up to three parts: {@code W = (B + S + U V) R}, with B blocks of a type, S
 * sparse, U V of low rank, R the Hadamard rotation where {@code rotated}, else the identity. The
 * product is {@code y = (B + S + U V) (R x)}. Immutable.
 *
 * @param blocks B
 * @param sparse S
 * @param lowRank U V
 * @param rotated whether the parts are those of rotated rows
 */
public record CompressedMatrix(
    String name,
    long rows,
    int cols,
    Optional<Tensor> blocks,
    Optional<SparseMatrix> sparse,
    Optional<LowRank> lowRank,
    boolean rotated)
    implements Matrix {

  /** A sum of two: blocks, and what they miss. */
  public static CompressedMatrix residual(Tensor blocks, LowRank lowRank) {
    return new CompressedMatrix(
        blocks.name(),
        blocks.rows(),
        blocks.cols(),
        Optional.of(blocks),
        Optional.empty(),
        Optional.of(lowRank),
        false);
  }

  /** Blocks of rows that are rotated where their length allows it. */
  public static CompressedMatrix rotated(Tensor blocks) {
    return new CompressedMatrix(
        blocks.name(),
        blocks.rows(),
        blocks.cols(),
        Optional.of(blocks),
        Optional.empty(),
        Optional.empty(),
        Hadamard.fits(blocks.cols()));
  }

  @Override
  public CompressedMatrix slice(long first, long count) {
    assert first == 0 && count == rows : name + ": " + first + ", " + count;
    return this;
  }

  @Override
  public void decodeRow(long row, float[] target, int offset) {
    if (blocks.isPresent()) {
      blocks.get().decodeRow(row, target, offset);
    } else {
      Arrays.fill(target, offset, offset + cols, 0);
    }
    sparse.ifPresent(part -> part.addRow((int) row, target, offset));
    lowRank.ifPresent(part -> part.addRow((int) row, target, offset));
    if (rotated) {
      Hadamard.rotate(target, offset, cols);
    }
  }
}
