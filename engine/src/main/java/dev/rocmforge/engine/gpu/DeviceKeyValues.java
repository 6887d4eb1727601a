package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.CodedRow;
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
  private final Side keys;
  private final Side values;
  private final int layers;
  private final int capacity;
  private final int width;
  private final Runnable bind;

  private DeviceKeyValues(
      DeviceRun.Setup setup, TransformerBlocks blocks, SessionMemory memory, Runnable bind) {
    KvStorage kv = setup.kv();
    keys = side(memory, kv, kv.keys(), blocks, GpuMemoryPlan.KEYS, GpuMemoryPlan.KEY_SCALES);
    values =
        side(memory, kv, kv.values(), blocks, GpuMemoryPlan.VALUES, GpuMemoryPlan.VALUE_SCALES);
    layers = setup.model().config().layerCount();
    capacity = setup.capacity();
    width = blocks.keyWidth();
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

  private static Side side(
      SessionMemory memory,
      KvStorage kv,
      KvType type,
      TransformerBlocks blocks,
      String codes,
      String scales) {
    int length = blocks.keyLength();
    return type.coded()
        ? new Side(
            type,
            memory.buffer(codes),
            Optional.of(memory.buffer(scales)),
            Optional.of(new CodedRow(type, kv.seed(), blocks.kvHeads(), length)))
        : new Side(type, memory.buffer(codes), Optional.empty(), Optional.empty());
  }

  /** Keys or values on the device, and how coded ones are read. */
  private record Side(
      KvType type, DeviceBuffer data, Optional<DeviceBuffer> scales, Optional<CodedRow> coded) {}

  private void fetch(Side side, int layer, int position, float[] row) {
    bind.run();
    long index = (long) layer * capacity + position;
    try (Arena arena = Arena.ofConfined()) {
      if (side.coded().isPresent()) {
        CodedRow coded = side.coded().get();
        MemorySegment data = arena.allocate(coded.codeBytes(), 8);
        side.data().download(index * coded.codeBytes(), data);
        MemorySegment halves = arena.allocate(ValueLayout.JAVA_SHORT, coded.scales());
        side.scales().orElseThrow().download(2 * index * coded.scales(), halves);
        coded.decode(
            data.toArray(ValueLayout.JAVA_BYTE), halves.toArray(ValueLayout.JAVA_SHORT), row);
        return;
      }
      int bytes = side.type().bits() / Byte.SIZE;
      MemorySegment target = arena.allocate((long) width * bytes, 4);
      side.data().download(index * width * bytes, target);
      for (int i = 0; i < width; i++) {
        row[i] =
            side.type() == KvType.F32
                ? target.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                : Float.float16ToFloat(target.getAtIndex(ValueLayout.JAVA_SHORT, i));
      }
    }
  }

  private final class Reader implements KvReader {
    private final IntSupplier positions;
    private final float[] row = new float[width];
    private Side side;
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

    private float element(Side from, int ofLayer, int at, int element) {
      if (element == 0 || !from.equals(side) || layer != ofLayer || position != at) {
        fetch(from, ofLayer, at, row);
        side = from;
        layer = ofLayer;
        position = at;
      }
      return row[element];
    }
  }
}
