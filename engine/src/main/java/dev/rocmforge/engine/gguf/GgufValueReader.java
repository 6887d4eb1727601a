package dev.rocmforge.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads one metadata value of any type. Arrays stay in the map. */
final class GgufValueReader {
  /** No vocabulary comes near it; bounds what a damaged count can cost. */
  static final int LONGEST_ARRAY = 1 << 24;

  static final int DEEPEST_ARRAY = 8;
  private static final int FEWEST_STARTS = 16;

  private final GgufCursor cursor;

  GgufValueReader(GgufCursor cursor) {
    this.cursor = cursor;
  }

  /** A value with its type number before it. */
  GgufValue read() {
    GgufType type = type();
    return switch (type) {
      case UINT8 -> new GgufValue.Whole(type, cursor.u8());
      case INT8 -> new GgufValue.Whole(type, (byte) cursor.u8());
      case UINT16 -> new GgufValue.Whole(type, cursor.i16() & 0xFFFF);
      case INT16 -> new GgufValue.Whole(type, cursor.i16());
      case UINT32 -> new GgufValue.Whole(type, cursor.i32() & 0xFFFF_FFFFL);
      case INT32 -> new GgufValue.Whole(type, cursor.i32());
      case UINT64, INT64 -> new GgufValue.Whole(type, cursor.i64());
      case FLOAT32 -> new GgufValue.Real(type, cursor.f32());
      case FLOAT64 -> new GgufValue.Real(type, cursor.f64());
      case BOOL -> new GgufValue.Flag(flag());
      case STRING -> new GgufValue.Text(cursor.text(GgufCursor.LONGEST_TEXT));
      case ARRAY -> array(1);
    };
  }

  private GgufType type() {
    long at = cursor.position();
    int number = cursor.i32();
    return GgufType.of(number)
        .orElseThrow(
            () ->
                cursor.refuse(
                    at,
                    "one of the types "
                        + List.of(GgufType.values())
                        + " needed, type number "
                        + Integer.toUnsignedString(number)
                        + " found"));
  }

  private boolean flag() {
    long at = cursor.position();
    int value = cursor.u8();
    if (value > 1) {
      throw cursor.refuse(at, "BOOL 0 or 1 needed, " + value + " found");
    }
    return value == 1;
  }

  private GgufValue.Sequence array(int depth) {
    long at = cursor.position();
    if (depth > DEEPEST_ARRAY) {
      throw cursor.refuse(
          at, "arrays nested " + DEEPEST_ARRAY + " deep at most, " + depth + " found");
    }
    GgufType type = type();
    // A string takes its length at least, an array its type and count.
    int leastBytes =
        switch (type) {
          case STRING -> 8;
          case ARRAY -> 12;
          default -> type.bytes();
        };
    long countAt = cursor.position();
    long count = cursor.count("elements of " + type, leastBytes);
    if (count > LONGEST_ARRAY) {
      throw cursor.refuse(countAt, count + " elements stated, " + LONGEST_ARRAY + " at most");
    }
    return switch (type) {
      case STRING -> texts((int) count);
      case ARRAY -> nested((int) count, depth);
      case BOOL -> flags(count);
      default -> new GgufNumbers(type, cursor.slice(count * type.bytes()));
    };
  }

  private GgufTexts texts(int count) {
    long from = cursor.position();
    int[] starts = new int[Math.min(count, FEWEST_STARTS) + 1];
    for (int i = 0; i < count; i++) {
      long at = cursor.position();
      cursor.skip(cursor.count("bytes of string", 1));
      if (cursor.position() - from > Integer.MAX_VALUE) {
        throw cursor.refuse(
            at, "array of strings of at most " + Integer.MAX_VALUE + " bytes, more found");
      }
      if (i + 1 == starts.length) {
        starts = Arrays.copyOf(starts, (int) Math.min(2L * starts.length, count + 1L));
      }
      starts[i + 1] = (int) (cursor.position() - from);
    }
    return new GgufTexts(cursor.since(from), starts);
  }

  private GgufValue.Nested nested(int count, int depth) {
    List<GgufValue.Sequence> arrays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arrays.add(array(depth + 1));
    }
    return new GgufValue.Nested(arrays);
  }

  private GgufNumbers flags(long count) {
    long at = cursor.position();
    MemorySegment flags = cursor.slice(count);
    for (long i = 0; i < count; i++) {
      int value = flags.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      if (value > 1) {
        throw cursor.refuse(at + i, "BOOL 0 or 1 needed, " + value + " found");
      }
    }
    return new GgufNumbers(GgufType.BOOL, flags);
  }
}
