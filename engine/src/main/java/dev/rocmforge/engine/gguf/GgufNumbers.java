package dev.rocmforge.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.StringJoiner;
import java.util.function.IntToLongFunction;

/** An array of integers, floats or booleans, packed little-endian as the file has it. */
public final class GgufNumbers implements GgufValue.Sequence {
  private static final int SHOWN = 8;

  private final GgufType elementType;
  private final MemorySegment bytes;

  /**
   * @param bytes a whole number of elements; kept, not copied
   */
  GgufNumbers(GgufType elementType, MemorySegment bytes) {
    assert elementType.bytes() > 0 && bytes.byteSize() % elementType.bytes() == 0 : elementType;
    this.elementType = elementType;
    this.bytes = bytes;
  }

  static GgufNumbers of(int[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(4, values.length)]);
    for (int i = 0; i < values.length; i++) {
      bytes.set(LittleEndian.INT, 4L * i, values[i]);
    }
    return new GgufNumbers(GgufType.INT32, bytes);
  }

  static GgufNumbers of(float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(4, values.length)]);
    for (int i = 0; i < values.length; i++) {
      bytes.set(LittleEndian.FLOAT, 4L * i, values[i]);
    }
    return new GgufNumbers(GgufType.FLOAT32, bytes);
  }

  /**
   * Packs an array.
   *
   * @param elementType of fixed width
   * @param bits element by index as the file stores it, floats as their bits
   */
  public static GgufNumbers of(GgufType elementType, int size, IntToLongFunction bits) {
    int width = elementType.bytes();
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(width, size)]);
    for (int i = 0; i < size; i++) {
      long value = bits.applyAsLong(i);
      for (int b = 0; b < width; b++) {
        bytes.set(ValueLayout.JAVA_BYTE, (long) i * width + b, (byte) (value >>> (8 * b)));
      }
    }
    return new GgufNumbers(elementType, bytes);
  }

  @Override
  public GgufType elementType() {
    return elementType;
  }

  @Override
  public int size() {
    return Math.toIntExact(bytes.byteSize() / elementType.bytes());
  }

  /** Element {@code index} of an array of integers, as {@link GgufValue.Whole#bits}. */
  public long integer(int index) {
    long at = (long) index * elementType.bytes();
    return switch (elementType) {
      case UINT8, BOOL -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
      case UINT16 -> bytes.get(LittleEndian.SHORT, at) & 0xFFFF;
      case INT16 -> bytes.get(LittleEndian.SHORT, at);
      case UINT32 -> bytes.get(LittleEndian.INT, at) & 0xFFFF_FFFFL;
      case INT32 -> bytes.get(LittleEndian.INT, at);
      case UINT64, INT64 -> bytes.get(LittleEndian.LONG, at);
      case FLOAT32, FLOAT64, STRING, ARRAY ->
          throw new AssertionError(elementType + " read as integer");
    };
  }

  /** Element {@code index} of an array of numbers as a double. */
  public double number(int index) {
    long at = (long) index * elementType.bytes();
    return switch (elementType) {
      case FLOAT32 -> bytes.get(LittleEndian.FLOAT, at);
      case FLOAT64 -> bytes.get(LittleEndian.DOUBLE, at);
      default -> integer(index);
    };
  }

  /** Element {@code index} of an array of booleans. */
  public boolean flag(int index) {
    assert elementType == GgufType.BOOL : elementType;
    return integer(index) != 0;
  }

  /** The packed elements. */
  MemorySegment bytes() {
    return bytes;
  }

  private String element(int index) {
    return switch (elementType) {
      case BOOL -> Boolean.toString(flag(index));
      case FLOAT32 -> Float.toString((float) number(index));
      case FLOAT64 -> Double.toString(number(index));
      case UINT64 -> Long.toUnsignedString(integer(index));
      default -> Long.toString(integer(index));
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GgufNumbers that
        && elementType == that.elementType
        && bytes.mismatch(that.bytes) < 0;
  }

  @Override
  public int hashCode() {
    return 31 * elementType.hashCode() + Long.hashCode(bytes.byteSize());
  }

  /** The first elements, for people. */
  @Override
  public String toString() {
    StringJoiner shown = new StringJoiner(", ", "[", size() > SHOWN ? ", ...]" : "]");
    for (int i = 0; i < Math.min(size(), SHOWN); i++) {
      shown.add(element(i));
    }
    return shown.toString();
  }
}
