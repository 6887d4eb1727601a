package dev.rocmforge.engine.gpu;

import java.lang.foreign.Arena;

/**
 * Launcher of {@code ops/low_rank}: a thin f32 matrix times a token.
 *
 * @param weights {@code [rows][columns]}
 */
record ThinProduct(Slice weights, int rows, int columns) {
  private static final int THREADS = 128;

  /** Products of a lane, about: fewer leave lanes without work, more make the row wait for them. */
  private static final int PRODUCTS = 4;

  private static final int MOST_WAVES = 8;

  /** Waves that share a row. */
  private int share(int wave) {
    int wanted = Math.max(1, columns / (PRODUCTS * wave));
    return Math.min(MOST_WAVES, Integer.highestOneBit(wanted));
  }

  /**
   * {@code y = W x (+ bias)}, or {@code y += W x (+ bias)}, tokens on y of the grid.
   *
   * @param x token t begins at {@code t * xStride}; {@code y} alike
   */
  Launch launch(
      int wave, Slice x, int xStride, Slice y, int yStride, Slice bias, boolean add, Arena arena) {
    int share = share(wave);
    int threads = Math.max(THREADS, wave * share);
    KernelId kernel = KernelId.of("ops/low_rank");
    return Launch.of(
        kernel.with("RF_SHARE", share).with("RF_THREADS", threads),
        Grid.perToken(Grid.ceil(rows, threads / wave / share)),
        threads,
        new LaunchArguments()
            .to(y)
            .to(weights)
            .to(x)
            .to(bias)
            .ints(rows, columns, xStride, yStride, add ? 1 : 0),
        arena);
  }
}
