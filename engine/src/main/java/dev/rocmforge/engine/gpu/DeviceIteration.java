package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.compress.SubspaceIteration;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Subspace iteration in f32 on a device: products with the matrix and its transpose by {@code
 * f32/gemm}, Gram and Schmidt by {@code ops/low_rank} and {@code ops/gram_schmidt}. Vectors are
 * made orthonormal after each product, not only after both, so that a singular value is off by
 * about 1e-7 of the largest one and not by its square. Allocates for one matrix at a time and frees
 * before it returns.
 */
final class DeviceIteration implements SubspaceIteration {
  private static final int THREADS = 256;
  private static final int MOST = 1024;

  /** What is left of a vector behind two passes is rounding when it is less than this share. */
  private static final float FLOOR = 1e-5f;

  private final Device device;
  private final KernelLibrary kernels;
  private final long availableBytes;

  /**
   * @param availableBytes that a matrix may take
   */
  DeviceIteration(Device device, KernelLibrary kernels, long availableBytes) {
    this.device = device;
    this.kernels = kernels;
    this.availableBytes = availableBytes;
  }

  /**
   * {@inheritDoc}
   *
   * @throws EnvironmentException if the matrix does not fit into the device's memory
   */
  @Override
  public synchronized Subspace run(float[] a, int rows, int cols, double[][] start, int rounds) {
    long needed = bytes(rows, cols, start.length);
    if (needed > availableBytes) {
      throw new EnvironmentException(
          "decomposition of %d x %d with %d vectors: %d bytes of device memory needed, %d available; --cpu decomposes on the CPU"
              .formatted(rows, cols, start.length, needed, availableBytes));
    }
    device.bind();
    try (var run = new Run(a, rows, cols, start)) {
      return run.iterate(rounds);
    }
  }

  /** Both matrices in planes and one of them as it is uploaded, two sets of vectors, shares. */
  static long bytes(int rows, int cols, int vectors) {
    return PlaneLayout.bytes(QuantType.F32, rows, cols)
        + PlaneLayout.bytes(QuantType.F32, cols, rows)
        + 4L * rows * cols
        + 4L * vectors * (rows + cols)
        + 8L * vectors;
  }

  /** The exponent that brings the largest magnitude near 1, so that squares stay in range. */
  private static int exponent(float[] a) {
    float most = 0;
    for (float value : a) {
      most = Math.max(most, Math.abs(value));
    }
    return most == 0 ? 0 : Math.getExponent(most);
  }

  /** One matrix on the device. */
  private final class Run implements AutoCloseable {
    private final Closing closing = new Closing();
    private final Arena arena = Arena.ofConfined();
    private final Stream stream;
    private final int rows;
    private final int cols;
    private final int vectors;
    private final int exponent;
    private final DeviceMatrix matrix;
    private final DeviceMatrix transposed;
    private final DeviceBuffer right;
    private final DeviceBuffer left;
    private final DeviceBuffer firstShares;
    private final DeviceBuffer secondShares;

    Run(float[] a, int rows, int cols, double[][] start) {
      this.rows = rows;
      this.cols = cols;
      this.vectors = start.length;
      this.exponent = exponent(a);
      try {
        closing.add(arena);
        stream = closing.add(device.newStream());
        matrix = planes(scaled(a, false), rows, cols);
        transposed = planes(scaled(a, true), cols, rows);
        right = closing.add(device.allocate("subspace: right", 4L * vectors * cols));
        left = closing.add(device.allocate("subspace: left", 4L * vectors * rows));
        firstShares = closing.add(device.allocate("subspace: shares", 4L * vectors));
        secondShares = closing.add(device.allocate("subspace: second shares", 4L * vectors));
        right.upload(0, flat(start));
      } catch (RuntimeException | Error e) {
        closing.runAfter(e);
        throw e;
      }
    }

    /** By a power of two, so exactly; overflow and flushing of squares lie far away then. */
    private MemorySegment scaled(float[] a, boolean turned) {
      MemorySegment all = arena.allocate(4L * a.length, 16);
      for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols; col++) {
          long at = turned ? (long) col * rows + row : (long) row * cols + col;
          float value = Math.scalb(a[row * cols + col], -exponent);
          all.setAtIndex(ValueLayout.JAVA_FLOAT, at, value);
        }
      }
      return all;
    }

    private MemorySegment flat(double[][] values) {
      MemorySegment all = arena.allocate(4L * vectors * cols, 16);
      for (int i = 0; i < vectors; i++) {
        for (int k = 0; k < cols; k++) {
          all.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * cols + k, (float) values[i][k]);
        }
      }
      return all;
    }

    private DeviceMatrix planes(MemorySegment values, int height, int width) {
      long size = PlaneLayout.bytes(QuantType.F32, height, width);
      DeviceBuffer target = closing.add(device.allocate("subspace: matrix", size));
      try (DeviceBuffer staged = device.allocate("subspace: staging", values.byteSize())) {
        staged.upload(0, values);
        Launch repack =
            Launch.of(
                KernelId.of("f32/repack"),
                Grid.of(Grid.ceil((long) PlaneLayout.units(width) * height, THREADS)),
                THREADS,
                new LaunchArguments()
                    .to(Slice.of(target))
                    .to(Slice.of(staged))
                    .ints(height, width, 0, height),
                arena);
        run(repack, 1);
        stream.synchronize();
      }
      return new DeviceMatrix(QuantType.F32, Slice.of(target), height, width, 0, height);
    }

    private void run(Launch launch, int tokens) {
      launch.resolve(kernels);
      launch.run(stream, tokens, 1);
    }

    private void run(List<Launch> launches) {
      for (Launch launch : launches) {
        run(launch, 1);
      }
    }

    Subspace iterate(int rounds) {
      Launch forward = product(matrix, right, left);
      Launch back = product(transposed, left, right);
      List<Launch> rightOrthonormal = orthonormal(right, cols);
      List<Launch> leftOrthonormal = orthonormal(left, rows);
      run(rightOrthonormal);
      for (int i = 0; i < rounds; i++) {
        run(forward, vectors);
        run(leftOrthonormal);
        run(back, vectors);
        run(rightOrthonormal);
      }
      run(forward, vectors);
      stream.synchronize();
      return new Subspace(download(right, cols, 0), download(left, rows, exponent));
    }

    private Launch product(DeviceMatrix factor, DeviceBuffer x, DeviceBuffer y) {
      LaunchShapes none =
          (operation, _, _, _) -> {
            throw new AssertionError(operation + " is not launched here");
          };
      var launches = new MatrixLaunches(none, kernels.wave(), MatrixLaunches.Forms.EXACT, arena);
      var linear = new DeviceLinear(factor, Slice.NONE);
      return launches.exactGemm(linear, Slice.of(x), factor.columns(), Slice.of(y), factor.rows());
    }

    /** Gram and Schmidt, twice over, each vector against those before it. */
    private List<Launch> orthonormal(DeviceBuffer set, int length) {
      List<Launch> launches = new ArrayList<>();
      for (int row = 0; row < vectors; row++) {
        if (row > 0) {
          launches.addAll(takeAway(set, firstShares, row, length));
          launches.addAll(takeAway(set, secondShares, row, length));
        }
        launches.add(unitLength(set, row, length));
      }
      return launches;
    }

    private List<Launch> takeAway(DeviceBuffer set, DeviceBuffer shares, int row, int length) {
      Slice before = Slice.of(set);
      Launch products =
          new ThinProduct(before, row, length)
              .launch(
                  kernels.wave(),
                  before.plus((long) row * length),
                  length,
                  Slice.of(shares),
                  row,
                  Slice.NONE,
                  false,
                  arena);
      Launch difference =
          Launch.of(
              KernelId.of("ops/gram_schmidt", "take_away"),
              Grid.of(Grid.ceil(length, THREADS)),
              THREADS,
              new LaunchArguments().to(Slice.of(set)).to(Slice.of(shares)).ints(row, length),
              arena);
      return List.of(products, difference);
    }

    private Launch unitLength(DeviceBuffer set, int row, int length) {
      int waves = Math.clamp(length / 4 / kernels.wave(), 1, MOST / kernels.wave());
      return Launch.of(
          KernelId.of("ops/gram_schmidt", "unit_length"),
          Grid.of(1),
          waves * kernels.wave(),
          new LaunchArguments()
              .to(Slice.of(set))
              .to(Slice.of(firstShares))
              .ints(row, length)
              .bits(FLOOR),
          arena);
    }

    private double[][] download(DeviceBuffer set, int length, int power) {
      MemorySegment all = arena.allocate(4L * vectors * length, 16);
      set.download(0, all);
      double[][] values = new double[vectors][length];
      for (int i = 0; i < vectors; i++) {
        for (int k = 0; k < length; k++) {
          float value = all.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * length + k);
          values[i][k] = Math.scalb((double) value, power);
        }
      }
      return values;
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}
