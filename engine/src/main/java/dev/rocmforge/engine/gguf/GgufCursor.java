package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.InputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads a mapped header front to back. Every read is checked against the end of the file before
 * anything is touched or allocated; refusals name the file, the place and both values.
 */
final class GgufCursor {
  /** A chat template is some kilobytes; a longer scalar string is a damaged length. */
  static final int LONGEST_TEXT = 1 << 24;

  private final Path file;
  private final MemorySegment bytes;

  /**
   * Copy of a stretch of the file that small reads come from: a header is read once, by code that
   * is not compiled yet, where reading an array costs far less than reading a segment.
   */
  private final byte[] window = new byte[1 << 13];

  private long windowStart;
  private int windowLength;
  private long position;
  private String place = "header";

  GgufCursor(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Names what is read next, for messages. */
  void enter(String newPlace) {
    place = newPlace;
  }

  long position() {
    return position;
  }

  long left() {
    return bytes.byteSize() - position;
  }

  /** A refusal at the current place, pointing at byte {@code at} of the file. */
  InputException refuse(long at, String problem) {
    return new InputException(
        file + ": " + place + " at 0x" + Long.toHexString(at) + ": " + problem);
  }

  private long take(long count) {
    if (count > left()) {
      throw refuse(position, count + " bytes needed, " + left() + " left");
    }
    long at = position;
    position += count;
    return at;
  }

  int u8() {
    return (int) number(1);
  }

  short i16() {
    return (short) number(2);
  }

  int i32() {
    return (int) number(4);
  }

  long i64() {
    return number(8);
  }

  /** The next {@code count} bytes as an unsigned little-endian number. */
  private long number(int count) {
    long at = take(count);
    if (at < windowStart || at + count > windowStart + windowLength) {
      windowStart = at;
      windowLength = (int) Math.min(window.length, bytes.byteSize() - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, window, 0, windowLength);
    }
    int from = (int) (at - windowStart);
    long number = 0;
    for (int i = count - 1; i >= 0; i--) {
      number = number << 8 | (window[from + i] & 0xFF);
    }
    return number;
  }

  float f32() {
    return Float.intBitsToFloat(i32());
  }

  double f64() {
    return Double.longBitsToDouble(i64());
  }

  /**
   * A 64-bit count of things of at least {@code leastBytes} bytes each, which the rest of the file
   * must be able to hold.
   */
  long count(String things, int leastBytes) {
    long at = position;
    long count = i64();
    if (Long.compareUnsigned(count, left() / leastBytes) > 0) {
      throw refuse(
          at,
          Long.toUnsignedString(count)
              + " "
              + things
              + " stated, "
              + left() / leastBytes
              + " at most fit the "
              + left()
              + " bytes left");
    }
    return count;
  }

  /** A string with its length, at most {@code longest} bytes. */
  String text(int longest) {
    long at = position;
    long length = count("bytes of string", 1);
    if (length > longest) {
      throw refuse(at, length + " bytes of string stated, " + longest + " at most");
    }
    byte[] text = new byte[(int) length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, take(length), text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Steps over {@code count} bytes and returns them where they lie. */
  MemorySegment slice(long count) {
    return bytes.asSlice(take(count), count);
  }

  /** Bytes {@code from} to the current position, where they lie. */
  MemorySegment since(long from) {
    return bytes.asSlice(from, position - from);
  }

  /** Steps over {@code count} bytes. */
  void skip(long count) {
    take(count);
  }
}
