package dev.rocmforge.engine.compress;

/**
 * The heavy part of a truncated decomposition: turns a set of vectors towards the largest right
 * singular vectors of a matrix. The same input gives the same result.
 */
public interface SubspaceIteration {
  /**
   * @param basis rows of length 1, orthogonal to each other; zeros where the matrix has no more
   *     directions
   * @param products {@code A q} of every row
   */
  @SuppressWarnings("ArrayRecordComponent") // two results of one run, never compared
  record Subspace(double[][] basis, double[][] products) {}

  /**
   * Makes {@code start} orthonormal, then multiplies it by {@code A'A} and makes it orthonormal
   * again, {@code rounds} times.
   *
   * @param a {@code [rows][cols]}, row-major, finite
   * @param start vectors of {@code cols} values, at most {@code cols} of them
   */
  Subspace run(float[] a, int rows, int cols, double[][] start, int rounds);
}
