package dev.rocmforge.engine.gpu;

/**
 * How the blocks of a matrix-vector kernel are cut.
 *
 * @param threads of a block
 * @param share waves that compute a row together
 * @param rows neighbouring rows (pairs in fused kernels) such a group computes
 */
public record LaunchShape(int threads, int share, int rows) {
  /** Rows or pairs of a block. */
  int rowsPerBlock(int wave) {
    return threads / wave / share * rows;
  }

  /** The kernel with this shape's constants. */
  KernelId applied(KernelId id) {
    return id.with("RF_THREADS", threads).with("RF_SHARE", share).with("RF_ROWS", rows);
  }
}
