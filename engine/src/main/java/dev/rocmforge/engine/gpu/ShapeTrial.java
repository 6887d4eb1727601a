package dev.rocmforge.engine.gpu;

/** One product in different launch shapes, to be compared and timed. */
interface ShapeTrial {
  /** What the kernel writes in this shape, into memory that held NaN. */
  float[] output(LaunchShape shape);

  /** Made once for a shape, asked many times. */
  Stopwatch stopwatch(LaunchShape shape);

  /** The clock of one shape. */
  interface Stopwatch extends AutoCloseable {
    /** Runs the product often enough for the clock; device microseconds of one product. */
    double micros();

    @Override
    void close();
  }
}
