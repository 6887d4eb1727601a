package dev.rocmforge.validation.kernel;

/** Launch shapes of the contract in kernels/README.md. */
final class Grids {
  private Grids() {}

  /** ceil(count / size). */
  static int blocks(long count, int size) {
    return Math.toIntExact((count + size - 1) / size);
  }

  /** Strides are multiples of 4 elements; this one has 4 to 7 more than it needs. */
  static int padded(int columns) {
    return (columns + 3) / 4 * 4 + 4;
  }

  /** Rows a block of the gemv family: R = RF_THREADS / W / RF_SHARE * RF_ROWS. */
  static int rows(KernelCase one, int threads, int rowsDefault) {
    return one.constant("RF_THREADS", threads)
        / one.wave()
        / one.constant("RF_SHARE", 1)
        * one.constant("RF_ROWS", rowsDefault);
  }

  /** Largest multiple of the wave up to {@code most} that a row of {@code columns} makes use of. */
  static int rowThreads(KernelCase one, int columns, int most) {
    int waves = Math.max(1, Math.min(most / one.wave(), blocks(columns, one.wave())));
    return waves * one.wave();
  }
}
