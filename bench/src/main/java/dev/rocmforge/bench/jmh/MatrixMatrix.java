package dev.rocmforge.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** A batch of tokens: every weight is used for each of them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatrixMatrix extends MatrixProduct {
  private static final int BATCH = 64;

  public MatrixMatrix() {
    super(BATCH);
  }

  @Benchmark
  public float[] multiply() {
    return product();
  }

  @Override
  MatrixProduct another() {
    return new MatrixMatrix();
  }
}
