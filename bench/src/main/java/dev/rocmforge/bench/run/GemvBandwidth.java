package dev.rocmforge.bench.run;

import dev.rocmforge.engine.gpu.GemvTrial;
import dev.rocmforge.engine.gpu.KernelId;
import dev.rocmforge.engine.gpu.KernelLibrary;
import dev.rocmforge.engine.gpu.LaunchShape;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.SyntheticMatrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Bandwidth of matrix-vector kernels by shape of the matrix: device time of many launches in one
 * graph, cold over copies of the matrix that together exceed the last-level cache four times, warm
 * over one. A measurement is made only after the result was checked.
 */
public final class GemvBandwidth {
  /** Rows and columns of the products in Qwen2.5 0.5B and 7B. */
  public static final List<int[]> SHAPES =
      List.of(
          new int[] {896, 896},
          new int[] {4864, 896},
          new int[] {896, 4864},
          new int[] {151936, 896},
          new int[] {3584, 3584},
          new int[] {18944, 3584},
          new int[] {3584, 18944},
          new int[] {152064, 3584});

  private static final int SAMPLES = 11;
  private static final long CACHE_MULTIPLE = 4;
  private static final long LEAST_ROTATION = 64L << 20;

  /**
   * One measured launch shape.
   *
   * @param kernel as {@code q4_0/gemv_q8}
   * @param error largest error of the checked rows, relative to the sum of magnitudes
   * @param weightBytes read by a product
   * @param coldMicros device microseconds a launch, one a sample
   */
  @SuppressWarnings("ArrayRecordComponent") // samples, never compared
  public record Row(
      String kernel,
      int rows,
      int columns,
      LaunchShape shape,
      double error,
      long weightBytes,
      double[] coldMicros,
      double[] warmMicros) {
    /** The largest error that a right kernel makes: see the kernels' own contract. */
    public static final double ERROR_BOUND = 1e-5;

    public boolean right() {
      return error <= ERROR_BOUND;
    }

    public double medianColdMicros() {
      return median(coldMicros);
    }

    public double medianWarmMicros() {
      return median(warmMicros);
    }

    /** GB/s (1e9 bytes) of weights, cold. */
    public double coldGigabytesPerSecond() {
      return weightBytes / medianColdMicros() / 1e3;
    }

    /** GB/s (1e9 bytes) of weights, warm. */
    public double warmGigabytesPerSecond() {
      return weightBytes / medianWarmMicros() / 1e3;
    }

    private static double median(double[] samples) {
      double[] sorted = samples.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  private final Device device;
  private final KernelLibrary kernels;

  public GemvBandwidth(Device device, KernelLibrary kernels) {
    this.device = device;
    this.kernels = kernels;
  }

  /** Launch shapes worth a try on a device with this wave size. */
  public static List<LaunchShape> candidates(int wave) {
    List<LaunchShape> all = new ArrayList<>();
    for (int threads : new int[] {64, 128, 256, 512}) {
      for (int share : new int[] {1, 2, 4, 8}) {
        for (int rows : new int[] {1, 2, 4, 8}) {
          if (threads >= wave * share) {
            all.add(new LaunchShape(threads, share, rows, false));
            all.add(new LaunchShape(threads, share, rows, true));
          }
        }
      }
    }
    return all;
  }

  /**
   * Measures one matrix in some launch shapes.
   *
   * @param q8 whether activations are signed bytes
   */
  public void measure(
      QuantType type,
      int rows,
      int columns,
      boolean q8,
      List<LaunchShape> shapes,
      Consumer<Row> found) {
    long rotation = Math.max(LEAST_ROTATION, CACHE_MULTIPLE * device.properties().l2Bytes());
    try (Arena arena = Arena.ofShared()) {
      Tensor matrix = SyntheticMatrix.of(type, rows, columns, 1, arena);
      try (GemvTrial trial = new GemvTrial(device, kernels, matrix, rotation)) {
        List<KernelId> ids = shapes.stream().map(shape -> trial.kernel(q8, shape)).toList();
        kernels.prepare(ids);
        for (int i = 0; i < shapes.size(); i++) {
          LaunchShape shape = shapes.get(i);
          double error = trial.error(q8, shape);
          double[] cold = trial.micros(q8, shape, true, SAMPLES);
          double[] warm = trial.micros(q8, shape, false, SAMPLES);
          found.accept(
              new Row(
                  ids.get(i).path(), rows, columns, shape, error, trial.weightBytes(), cold, warm));
        }
      }
    }
  }
}
