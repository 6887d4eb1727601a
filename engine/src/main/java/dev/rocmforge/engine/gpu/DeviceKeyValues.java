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

/**
 * Reads the cache on the device, a row at a time: for dumps and checks. A row is fetched when its
 * first element or another row is asked for, so that what changed since is seen from there on.
 */
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

  private void fetch(DeviceBuffer buffer, int layer, int position, float[] row) {
    bind.run();
    int bytes = GpuMemoryPlan.elementBytes(type);
    long at = ((long) layer * capacity + position) * width * bytes;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate((long) width * bytes, 4);
      buffer.download(at, target);
      for (int i = 0; i < width; i++) {
        row[i] =
            switch (type) {
              case F32 -> target.getAtIndex(ValueLayout.JAVA_FLOAT, i);
              case F16 -> Float.float16ToFloat(target.getAtIndex(ValueLayout.JAVA_SHORT, i));
            };
      }
    }
  }

  private final class Reader implements KvReader {
    private final IntSupplier positions;
    private final float[] row = new float[width];
    private DeviceBuffer buffer;
    private int layer;
    private int position;

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
    public float key(int ofLayer, int at, int element) {
      return element(keys, ofLayer, at, element);
    }

    @Override
    public float value(int ofLayer, int at, int element) {
      return element(values, ofLayer, at, element);
    }

    private float element(DeviceBuffer from, int ofLayer, int at, int element) {
      if (element == 0 || buffer != from || layer != ofLayer || position != at) {
        fetch(from, ofLayer, at, row);
        buffer = from;
        layer = ofLayer;
        position = at;
      }
      return row[element];
    }
  }
}
