package dev.rocmforge.engine.gpu;

/**
 * How the blocks of a matrix-vector kernel are cut.
 *
 * @param threads of a block
 * @param share waves that compute a row together
 * @param rows neighbouring rows (pairs in fused kernels) such a group computes
 * @param fixedColumns whether the number of columns is compiled in
 */
public record LaunchShape(int threads, int share, int rows, boolean fixedColumns) {
  /** Rows or pairs of a block. */
  int rowsPerBlock(int wave) {
    return threads / wave / share * rows;
  }

  /** Whether the operation's kernel can be launched so; the same rules stand in its file. */
  boolean legal(String operation, int wave) {
    boolean whole = threads > 0 && share > 0 && rows > 0 && threads % (wave * share) == 0;
    // Whole blocks share the unit of 32 results that is quantized.
    return whole
        && threads <= 1024
        && (!operation.endsWith("gate_up_q8") || 32 % rowsPerBlock(wave) == 0);
  }

  /** With no more rows, and then no more waves, than {@code most} rows in all need. */
  LaunchShape atMost(int most, int wave) {
    int fewer = Math.min(rows, most);
    int parts = Math.min(threads / wave / share, Grid.ceil(most, fewer));
    return new LaunchShape(parts * share * wave, share, fewer, fixedColumns);
  }

  /** With as many threads as the waves of a group need. */
  LaunchShape fitted(int wave) {
    return new LaunchShape(Math.max(threads, wave * share), share, rows, fixedColumns);
  }

  /** For kernels that keep a row in shared memory. */
  LaunchShape withFixedColumns() {
    return new LaunchShape(threads, share, rows, true);
  }

  /** The kernel with this shape's constants, for a matrix of {@code columns}. */
  KernelId applied(KernelId id, int columns) {
    KernelId shaped = id.with("RF_THREADS", threads).with("RF_SHARE", share).with("RF_ROWS", rows);
    return fixedColumns ? shaped.with("RF_COLUMNS", columns) : shaped;
  }

  /** As in reports: {@code t128 w1 r4}. */
  @Override
  public String toString() {
    return "t%d w%d r%d%s".formatted(threads, share, rows, fixedColumns ? " c" : "");
  }
}
