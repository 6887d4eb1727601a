package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.PinnedBuffer;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * Brings weights to the device: rows go from the mapped file through pinned memory into a staging
 * buffer, and a kernel writes the planes. Two halves take turns, so that the file is read while the
 * other half travels; several threads read, because page faults cost more than the copy.
 */
final class WeightUpload implements AutoCloseable {
  /** A half of the staging buffers. */
  private static final class Half {
    PinnedBuffer pinned;
    DeviceBuffer staged;
    Event free;
    boolean used;
  }

  private static final int READERS = 16;

  private final KernelLibrary kernels;
  private final Closing closing = new Closing();
  private final Arena arena = Arena.ofConfined();
  private final Half[] halves = {new Half(), new Half()};
  private final long halfBytes;
  private Stream stream;
  private int turn;

  WeightUpload(GpuMemoryPlan memory, Device device, KernelLibrary kernels) {
    this.kernels = kernels;
    halfBytes = memory.bytes(GpuMemoryPlan.STAGING + 0);
    try {
      stream = closing.add(device.newStream());
      for (int i = 0; i < halves.length; i++) {
        Half half = halves[i];
        half.pinned = closing.add(device.allocatePinned("staging", halfBytes));
        half.staged = closing.add(memory.allocate(device, GpuMemoryPlan.STAGING + i));
        half.free = closing.add(device.newEvent());
      }
    } catch (RuntimeException | Error e) {
      arena.close();
      closing.runAfter(e);
      throw e;
    }
  }

  /** Rows of a tensor as they lie in the file become rows {@code firstRow ...} of the planes. */
  void matrix(DeviceBuffer target, int totalRows, int firstRow, Tensor tensor) {
    Launch repack =
        Launch.of(
            KernelId.of(PlaneLayout.folder(tensor.type()) + "/repack"),
            Grid.of(1),
            256,
            new LaunchArguments()
                .to(Slice.of(target))
                .to(Slice.of(halves[0].staged))
                .ints(totalRows, tensor.cols(), 0, 0),
            arena);
    repack.resolve(kernels);
    int units = PlaneLayout.units(tensor.cols());
    int most = Math.toIntExact(Math.min(tensor.rows(), halfBytes / tensor.rowBytes()));
    assert most > 0 : tensor.name() + ": a row is larger than the staging buffer";
    for (int row = 0; row < tensor.rows(); row += most) {
      int rows = Math.toIntExact(Math.min(most, tensor.rows() - row));
      long bytes = rows * tensor.rowBytes();
      Half half = next();
      read(tensor.data().asSlice(tensor.rowOffset(row), bytes), half.pinned.segment());
      half.staged.upload(0, half.pinned.segment().asSlice(0, bytes), stream);
      repack.arguments().setLong(1, half.staged.address());
      repack.arguments().setInt(4, firstRow + row).setInt(5, rows);
      repack.launchOn(stream, Math.toIntExact(((long) units * rows + 255) / 256));
      half.free.record(stream);
    }
  }

  /** f32 values as they are. */
  void vector(DeviceBuffer target, long offset, float[] values) {
    int most = Math.toIntExact(halfBytes / 4);
    for (int from = 0; from < values.length; from += most) {
      int count = Math.min(most, values.length - from);
      Half half = next();
      MemorySegment.copy(values, from, half.pinned.segment(), ValueLayout.JAVA_FLOAT, 0, count);
      target.upload(offset + 4L * from, half.pinned.segment().asSlice(0, 4L * count), stream);
      half.free.record(stream);
    }
  }

  void finish() {
    stream.synchronize();
  }

  private Half next() {
    Half half = halves[turn];
    turn = 1 - turn;
    if (half.used) {
      half.free.synchronize();
    }
    half.used = true;
    return half;
  }

  static void read(MemorySegment source, MemorySegment target) {
    long bytes = source.byteSize();
    long share = Math.max(1 << 18, (bytes + READERS - 1) / READERS);
    int parts = Math.toIntExact((bytes + share - 1) / share);
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              long from = part * share;
              MemorySegment.copy(source, from, target, from, Math.min(share, bytes - from));
            });
  }

  @Override
  public void close() {
    arena.close();
    closing.run();
  }
}
