package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.session.KvReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A dump of {@link KvDump}, mapped and read as a cache. Whoever opens closes. */
public final class KvDumpFile implements KvReader, AutoCloseable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HEADER_BYTES = 32;
  private static final String MAGIC = "KVCACHE1";

  private final Arena arena;
  private final MemorySegment bytes;
  private final int layers;
  private final int heads;
  private final int width;
  private final int positions;

  private KvDumpFile(Path file, Arena arena) {
    this.arena = arena;
    bytes = map(file, arena);
    if (bytes.byteSize() < HEADER_BYTES) {
      throw new InputException(
          "%s: header: %d bytes needed, %d left".formatted(file, HEADER_BYTES, bytes.byteSize()));
    }
    for (int i = 0; i < MAGIC.length(); i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) != MAGIC.charAt(i)) {
        throw new InputException(file + ": header at 0x0: " + MAGIC + " needed, something else");
      }
    }
    layers = count(file, "layers", 8);
    heads = count(file, "kv heads", 12);
    width = count(file, "head width", 16);
    positions = count(file, "positions", 20);
    long needed;
    try {
      long row = Math.multiplyExact((long) heads, 4L * width);
      needed =
          Math.addExact(
              HEADER_BYTES, Math.multiplyExact(row, Math.multiplyExact(2L * layers, positions)));
    } catch (ArithmeticException e) {
      throw new InputException(file + ": header: a size below 2^63 bytes needed", e);
    }
    if (bytes.byteSize() < needed || (long) heads * width > Integer.MAX_VALUE) {
      throw new InputException(
          "%s: %d layers of %d positions, %d heads of %d: %d bytes needed, %d left"
              .formatted(file, layers, positions, heads, width, needed, bytes.byteSize()));
    }
  }

  /**
   * Maps a dump; bytes behind it are no matter.
   *
   * @throws InputException if it cannot be read or is no dump
   */
  @SuppressWarnings("MustBeClosedChecker") // the file owns the arena and closes it
  public static KvDumpFile open(Path file) {
    Arena arena = Arena.ofShared();
    try {
      return new KvDumpFile(file, arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path file, Arena arena) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private int count(Path file, String what, int at) {
    int count = bytes.get(INT, at);
    if (count < 1) {
      throw new InputException(
          "%s: header at 0x%x: %s: 1 to 2^31 needed, %s found"
              .formatted(file, at, what, Integer.toUnsignedString(count)));
    }
    return count;
  }

  /** Key and value heads of a position. */
  public int heads() {
    return heads;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public int positions() {
    return positions;
  }

  @Override
  public int keyWidth() {
    return heads * width;
  }

  @Override
  public int valueWidth() {
    return heads * width;
  }

  @Override
  public float key(int layer, int position, int element) {
    return at(2L * layer, position, element);
  }

  @Override
  public float value(int layer, int position, int element) {
    return at(2L * layer + 1, position, element);
  }

  private float at(long plane, int position, int element) {
    long index = (plane * positions + position) * keyWidth() + element;
    return bytes.get(FLOAT, HEADER_BYTES + 4 * index);
  }

  @Override
  public void close() {
    arena.close();
  }
}
