package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.Graph;
import dev.rocmforge.engine.hip.GraphExec;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One matrix-vector product on the device, timed in different launch shapes and checked against
 * double arithmetic. The matrix lies there several times: a cold measurement goes from copy to copy
 * so that no weight is still in a cache.
 */
public final class GemvTrial implements AutoCloseable {
  /** Launches in one measured graph, at least. */
  private static final int LAUNCHES = 64;

  private static final int CHECKED_ROWS = 64;

  private final Device device;
  private final KernelLibrary kernels;
  private final Tensor source;
  private final Closing closing = new Closing();
  private final Arena arena = Arena.ofShared();
  private final float[] x;
  private final Stream stream;
  private final DeviceBuffer[] copies;
  private final DeviceBuffer y;
  private final DeviceBuffer input;
  private final Q8Slice bytes;
  private final DeviceLinear linear;

  /**
   * @param source the matrix as it lies in a file
   * @param rotatingBytes that all copies together have at least
   */
  public GemvTrial(Device device, KernelLibrary kernels, Tensor source, long rotatingBytes) {
    this.device = device;
    this.kernels = kernels;
    this.source = source;
    this.x = new float[source.cols()];
    Random random = new Random(7);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    try {
      closing.add(arena);
      stream = closing.add(device.newStream());
      int rows = Math.toIntExact(source.rows());
      long planes = PlaneLayout.bytes(source.type(), rows, source.cols());
      copies = new DeviceBuffer[Math.toIntExact(Math.max(2, 1 + rotatingBytes / planes))];
      for (int i = 0; i < copies.length; i++) {
        copies[i] = closing.add(device.allocate("trial weights", planes));
      }
      y = closing.add(device.allocate("trial result", 4L * rows));
      input = closing.add(device.allocate("trial input", 4L * x.length));
      int units = PlaneLayout.units(x.length);
      bytes =
          new Q8Slice(
              Slice.of(closing.add(device.allocate("trial bytes", 32L * units))),
              Slice.of(closing.add(device.allocate("trial scales", 8L * units))));
      linear =
          new DeviceLinear(
              new DeviceMatrix(source.type(), Slice.of(copies[0]), rows, x.length, 0, rows),
              Slice.NONE);
      upload(rows);
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  private void upload(int rows) {
    try (DeviceBuffer staged = device.allocate("trial staging", source.data().byteSize())) {
      staged.upload(0, source.data());
      Launch repack =
          Launch.of(
              KernelId.of(PlaneLayout.folder(source.type()) + "/repack"),
              Grid.of(Grid.ceil((long) PlaneLayout.units(x.length) * rows, 256)),
              256,
              new LaunchArguments()
                  .to(Slice.of(copies[0]))
                  .to(Slice.of(staged))
                  .ints(rows, x.length, 0, rows),
              arena);
      repack.resolve(kernels);
      repack.run(stream, 1, 1);
      input.upload(0, arena.allocateFrom(ValueLayout.JAVA_FLOAT, x));
      stream.synchronize();
    }
    for (int i = 1; i < copies.length; i++) {
      copies[i].copyFrom(copies[0], 0, 0, copies[0].bytes(), stream);
    }
    if (PlaneLayout.quantized(source.type())) {
      Launch quantize =
          new RowLaunches(kernels.wave(), arena).quantize(bytes, Slice.of(input), x.length);
      quantize.resolve(kernels);
      quantize.run(stream, 1, 1);
    }
    stream.synchronize();
  }

  /** Copies of the matrix that a cold measurement goes through. */
  public int copies() {
    return copies.length;
  }

  /** Bytes of weights that one product reads. */
  public long weightBytes() {
    return copies[0].bytes();
  }

  private Launch unresolved(boolean q8, LaunchShape shape) {
    LaunchShapes shapes = (operation, type, rows, columns) -> shape;
    var launches = new MatrixLaunches(shapes, kernels.wave(), MatrixLaunches.Forms.EXACT, arena);
    Slice result = Slice.of(y);
    int rows = linear.rows();
    return q8
        ? launches.gemvQ8(linear, bytes, result, rows, Slice.NONE)
        : launches.gemv(linear, Slice.of(input), x.length, result, rows, Slice.NONE);
  }

  private Launch launch(boolean q8, LaunchShape shape) {
    Launch launch = unresolved(q8, shape);
    launch.resolve(kernels);
    return launch;
  }

  /** The kernel that a measurement in this shape runs, to be compiled beforehand. */
  public KernelId kernel(boolean q8, LaunchShape shape) {
    return unresolved(q8, shape).id();
  }

  /**
   * Times the product: a graph of many launches, replayed; a sample is its device time divided by
   * the launches.
   *
   * @param cold whether launches go from copy to copy
   * @return microseconds a launch, one a replay
   */
  public double[] micros(boolean q8, LaunchShape shape, boolean cold, int samples) {
    double[] micros = new double[samples];
    try (ShapeTrial.Stopwatch stopwatch = stopwatch(launch(q8, shape), 1, cold)) {
      for (int i = 0; i < samples; i++) {
        micros[i] = stopwatch.micros();
      }
    }
    return micros;
  }

  /**
   * A graph of many launches, run once already.
   *
   * @param weightsAt place of the weights among the launch's arguments
   * @param cold whether launches go from copy to copy
   */
  ShapeTrial.Stopwatch stopwatch(Launch launch, int weightsAt, boolean cold) {
    int used = cold ? copies.length : 1;
    int count = Math.max(used, LAUNCHES / used * used);
    stream.beginCapture();
    for (int i = 0; i < count; i++) {
      launch.arguments().setLong(weightsAt, copies[i % used].address());
      launch.run(stream, 1, 1);
    }
    var owned = new Closing();
    try (Graph graph = stream.endCapture()) {
      GraphExec exec = owned.add(graph.instantiate());
      Event start = owned.add(device.newEvent());
      Event stop = owned.add(device.newEvent());
      exec.launch(stream);
      return new ShapeTrial.Stopwatch() {
        @Override
        public double micros() {
          start.record(stream);
          exec.launch(stream);
          stop.record(stream);
          stream.synchronize();
          return 1e3 * stop.millisSince(start) / count;
        }

        @Override
        public void close() {
          owned.run();
        }
      };
    } catch (RuntimeException | Error e) {
      owned.runAfter(e);
      throw e;
    }
  }

  /**
   * The largest error of some rows, relative to the sum of the products' magnitudes, against double
   * arithmetic on the input as the kernel takes it.
   */
  public double error(boolean q8, LaunchShape shape) {
    Launch launch = launch(q8, shape);
    launch.run(stream, 1, 1);
    stream.synchronize();
    double[] taken =
        q8 ? dequantized() : IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
    float[] row = new float[x.length];
    MemorySegment result = arena.allocate(4L * linear.rows(), 16);
    y.download(0, result);
    double worst = 0;
    for (int i = 0; i < CHECKED_ROWS; i++) {
      long at = i * (source.rows() - 1) / (CHECKED_ROWS - 1);
      source.decodeRow(at, row, 0);
      double sum = 0;
      double magnitude = 0;
      for (int k = 0; k < row.length; k++) {
        sum += row[k] * taken[k];
        magnitude += Math.abs(row[k] * taken[k]);
      }
      double found = result.getAtIndex(ValueLayout.JAVA_FLOAT, at);
      // NaN must not compare as small.
      double error = Math.abs(found - sum) / magnitude;
      worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
    }
    return worst;
  }

  private double[] dequantized() {
    int units = PlaneLayout.units(x.length);
    MemorySegment values = arena.allocate(32L * units, 16);
    MemorySegment scales = arena.allocate(8L * units, 16);
    bytes.bytes().buffer().download(0, values);
    bytes.scales().buffer().download(0, scales);
    double[] taken = new double[x.length];
    for (int i = 0; i < taken.length; i++) {
      taken[i] =
          (double) values.get(ValueLayout.JAVA_BYTE, i)
              * scales.getAtIndex(ValueLayout.JAVA_FLOAT, 2L * (i / 32));
    }
    return taken;
  }

  Stream stream() {
    return stream;
  }

  DeviceLinear linear() {
    return linear;
  }

  Slice input() {
    return Slice.of(input);
  }

  Q8Slice bytes() {
    return bytes;
  }

  /** One f32 a row. */
  DeviceBuffer result() {
    return y;
  }

  public QuantType type() {
    return source.type();
  }

  @Override
  public void close() {
    closing.run();
  }
}
