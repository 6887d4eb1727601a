package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads arrays one after the other from a payload whose size has been checked. */
final class PayloadReader {
  private final String place;
  private final MemorySegment bytes;
  private long at;

  PayloadReader(String place, MemorySegment bytes) {
    this.place = place;
    this.bytes = bytes;
  }

  /** Begins again at byte {@code offset}. */
  PayloadReader from(long offset) {
    at = offset;
    return this;
  }

  /**
   * @throws InputException if an index needs more than 31 bits
   */
  int[] indices(long count, int bits) {
    int[] indices = new int[count(count)];
    for (int i = 0; i < indices.length; i++) {
      long index =
          bits == 32
              ? Integer.toUnsignedLong(bytes.get(RfmHeader.INT, at))
              : bytes.get(RfmHeader.LONG, at);
      if (index < 0 || index > Integer.MAX_VALUE) {
        throw new InputException(
            "%s: index %d: 0 to %d needed, %s found"
                .formatted(place, i, Integer.MAX_VALUE, Long.toUnsignedString(index)));
      }
      indices[i] = (int) index;
      at += bits / 8;
    }
    return indices;
  }

  float[] values(long count, RfmEncoding.ValueType type) {
    float[] values = new float[count(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case F32 -> Float.intBitsToFloat(bytes.get(RfmHeader.INT, at));
            case F16 -> Float.float16ToFloat(bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            case I8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
          };
      at += type.bytes();
    }
    return values;
  }

  private int count(long count) {
    if (count > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "%s: at most %d values needed, %d found".formatted(place, Integer.MAX_VALUE - 8, count));
    }
    return (int) count;
  }
}
