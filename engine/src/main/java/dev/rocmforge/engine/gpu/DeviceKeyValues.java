package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Reads the cache on the device, one download a value: for dumps and checks. */
final class DeviceKeyValues {
  private final DeviceBuffer keys;
  private final DeviceBuffer values;
  private final int layers;
  private final int capacity;
  private final int width;
  private final KvType type;
  private final Runnable bind;

  private DeviceKeyValues(
      DeviceRun.Setup setup, TransformerBlocks blocks, SessionMemory memory, Runnable bind) {
    keys = memory.buffer(GpuMemoryPlan.KEYS);
    values = memory.buffer(GpuMemoryPlan.VALUES);
    layers = setup.model().config().layerCount();
    capacity = setup.capacity();
    width = blocks.keyWidth();
    type = setup.kvType();
    this.bind = bind;
  }

  static Optional<DeviceKeyValues> of(DeviceRun.Setup setup, SessionMemory memory, Runnable bind) {
    return setup.model().config().blocks() instanceof TransformerBlocks blocks
        ? Optional.of(new DeviceKeyValues(setup, blocks, memory, bind))
        : Optional.empty();
  }

  /** A reader of as many positions as {@code positions} says at the time. */
  KvReader upTo(IntSupplier positions) {
    return new Reader(positions);
  }

  private float element(DeviceBuffer buffer, int layer, int position, int element) {
    bind.run();
    int bytes = GpuMemoryPlan.elementBytes(type);
    long at = (((long) layer * capacity + position) * width + element) * bytes;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(bytes, 4);
      buffer.download(at, target);
      return switch (type) {
        case F32 -> target.get(ValueLayout.JAVA_FLOAT, 0);
        case F16 -> Float.float16ToFloat(target.get(ValueLayout.JAVA_SHORT, 0));
      };
    }
  }

  private final class Reader implements KvReader {
    private final IntSupplier positions;

    Reader(IntSupplier positions) {
      this.positions = positions;
    }

    @Override
    public int layers() {
      return layers;
    }

    @Override
    public int positions() {
      return positions.getAsInt();
    }

    @Override
    public int keyWidth() {
      return width;
    }

    @Override
    public int valueWidth() {
      return width;
    }

    @Override
    public float key(int layer, int position, int element) {
      return element(keys, layer, position, element);
    }

    @Override
    public float value(int layer, int position, int element) {
      return element(values, layer, position, element);
    }
  }
}
