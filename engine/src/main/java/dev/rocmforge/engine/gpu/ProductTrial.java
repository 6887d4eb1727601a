package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.synthetic.SyntheticMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A product of a model with random weights, timed cold: the launches go from copy to copy, which
 * together exceed the last-level cache four times.
 */
final class ProductTrial implements ShapeTrial, AutoCloseable {
  private static final long CACHE_MULTIPLE = 4;
  private static final int UNIT = 32;

  private final MatrixProduct product;
  private final KernelLibrary kernels;
  private final boolean dot2;
  private final Closing closing = new Closing();
  private final Arena arena = Arena.ofShared();
  private final GemvTrial trial;
  private DeviceBuffer outBytes;
  private DeviceBuffer outScales;
  private DeviceBuffer arrivals;

  /**
   * @param dot2 whether float kernels of F16 weights take f16 pairs
   */
  ProductTrial(Device device, KernelLibrary kernels, MatrixProduct product, boolean dot2) {
    this.product = product;
    this.kernels = kernels;
    this.dot2 = dot2;
    try {
      closing.add(arena);
      int rows = product.operation().startsWith("gate_up") ? 2 * product.rows() : product.rows();
      var matrix = SyntheticMatrix.of(product.type(), rows, product.columns(), 1, arena);
      long rotation = CACHE_MULTIPLE * device.properties().l2Bytes();
      trial = closing.add(new GemvTrial(device, kernels, matrix, rotation));
      if (quantizes()) {
        int units = PlaneLayout.units(product.rows());
        outBytes = closing.add(device.allocate("trial result bytes", (long) UNIT * units));
        outScales = closing.add(device.allocate("trial result scales", 8L * units));
        arrivals = closing.add(device.allocate("trial arrivals", 4L * units));
        arrivals.fill(0, arrivals.bytes(), 0, trial.stream());
        trial.stream().synchronize();
      }
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  private boolean quantizes() {
    return product.operation().equals("gate_up_q8");
  }

  /** The kernel of a shape, to be compiled beforehand. */
  KernelId kernel(LaunchShape shape) {
    return unresolved(shape).id();
  }

  private Launch unresolved(LaunchShape shape) {
    var launches =
        new MatrixLaunches(
            (operation, type, rows, columns) -> shape,
            kernels.wave(),
            new MatrixLaunches.Forms(false, dot2),
            arena);
    Slice result = Slice.of(trial.result());
    int rows = product.rows();
    int columns = product.columns();
    DeviceLinear linear = trial.linear();
    return switch (product.operation()) {
      case "gemv" -> launches.gemv(linear, trial.input(), columns, result, rows, Slice.NONE);
      case "gemv_q8" -> launches.gemvQ8(linear, trial.bytes(), result, rows, Slice.NONE);
      case "gate_up" -> launches.gateUp(linear.matrix(), trial.input(), columns, result, rows);
      case "gate_up_q8" ->
          launches.gateUpQ8(
              linear.matrix(),
              trial.bytes(),
              new Q8Slice(Slice.of(outBytes), Slice.of(outScales)),
              result,
              Slice.of(arrivals));
      default -> throw new AssertionError(product + " cannot be measured by itself");
    };
  }

  private Launch launch(LaunchShape shape) {
    Launch launch = unresolved(shape);
    launch.resolve(kernels);
    return launch;
  }

  @Override
  public float[] output(LaunchShape shape) {
    Launch launch = launch(shape);
    poison(trial.result());
    if (quantizes()) {
      poison(outScales);
    }
    launch.run(trial.stream(), 1, 1);
    trial.stream().synchronize();
    float[] rows = floats(trial.result(), product.rows());
    if (!quantizes()) {
      return rows;
    }
    // Steps of the units stand for the bytes, which jump where a sum lies between two of them.
    float[] scales = floats(outScales, Math.toIntExact(outScales.bytes() / 4));
    float[] all = java.util.Arrays.copyOf(rows, rows.length + scales.length / 2);
    for (int i = 0; i < scales.length / 2; i++) {
      all[rows.length + i] = scales[2 * i];
    }
    return all;
  }

  private void poison(DeviceBuffer buffer) {
    buffer.fill(0, buffer.bytes(), 0xff, trial.stream());
  }

  private float[] floats(DeviceBuffer buffer, int count) {
    MemorySegment target = arena.allocate(buffer.bytes(), 16);
    buffer.download(0, target);
    return target.asSlice(0, 4L * count).toArray(ValueLayout.JAVA_FLOAT);
  }

  @Override
  public Stopwatch stopwatch(LaunchShape shape) {
    return trial.stopwatch(launch(shape), quantizes() ? 4 : 1, true);
  }

  @Override
  public void close() {
    closing.run();
  }
}
