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
    return bytes.get(ValueLayout.JAVA_BYTE, take(1)) & 0xFF;
  }

  short i16() {
    return bytes.get(LittleEndian.SHORT, take(2));
  }

  int i32() {
    return bytes.get(LittleEndian.INT, take(4));
  }

  long i64() {
    return bytes.get(LittleEndian.LONG, take(8));
  }

  float f32() {
    return bytes.get(LittleEndian.FLOAT, take(4));
  }

  double f64() {
    return bytes.get(LittleEndian.DOUBLE, take(8));
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
