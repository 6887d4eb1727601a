package dev.rocmforge.reports.record;

/**
 * One kernel on one shape, as {@code bench kernels} prints it.
 *
 * @param kernel path such as {@code q4_0/gemv_q8}
 * @param rows and the next: shape of the matrix
 * @param coldMicros with weights from memory: copies rotate beyond every cache
 * @param coldGigabytesPerSecond weights read, 1e9 bytes a second
 * @param warmMicros the same weights every time: small ones lie in a cache
 * @param warmGigabytesPerSecond weights read
 * @param right whether the result agreed with double arithmetic
 */
public record KernelSpeed(
    String kernel,
    long rows,
    long columns,
    double coldMicros,
    double coldGigabytesPerSecond,
    double warmMicros,
    double warmGigabytesPerSecond,
    boolean right) {
  public KernelSpeed {
    Require.text(kernel, "kernel");
    Require.atLeast(1, rows, "kernel.rows");
    Require.atLeast(1, columns, "kernel.columns");
  }

  /** Two operations a weight over the bytes of the weights. */
  public double operationsPerByte() {
    return 2.0 * rows * columns / (coldGigabytesPerSecond * coldMicros * 1e3);
  }

  /** What was reached, cold: 1e9 operations a second. */
  public double gigaOperationsPerSecond() {
    return 2.0 * rows * columns / (coldMicros * 1e3);
  }
}
