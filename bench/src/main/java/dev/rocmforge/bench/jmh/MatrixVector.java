package dev.rocmforge.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** One token: every weight is read once, so memory is the limit. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatrixVector extends MatrixProduct {
  private static final int BATCH = 1;

  public MatrixVector() {
    super(BATCH);
  }

  @Benchmark
  public float[] multiply() {
    return product();
  }

  @Override
  MatrixProduct another() {
    return new MatrixVector();
  }
}
