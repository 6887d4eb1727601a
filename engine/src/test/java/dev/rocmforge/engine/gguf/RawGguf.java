package dev.rocmforge.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lays down a GGUF file byte by byte from the format's description, with numbers and no types of
 * the engine, so that reader and writer cannot share a mistake with it. Anything can be written
 * wrong.
 */
final class RawGguf {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static RawGguf header(int version, long tensors, long pairs) {
    return new RawGguf().ascii("GGUF").i32(version).i64(tensors).i64(pairs);
  }

  RawGguf ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  RawGguf i8(int value) {
    out.write(value);
    return this;
  }

  RawGguf i16(int value) {
    return i8(value).i8(value >> 8);
  }

  RawGguf i32(int value) {
    return i16(value).i16(value >> 16);
  }

  RawGguf i64(long value) {
    return i32((int) value).i32((int) (value >> 32));
  }

  RawGguf f32(float value) {
    return i32(Float.floatToRawIntBits(value));
  }

  RawGguf f64(double value) {
    return i64(Double.doubleToRawLongBits(value));
  }

  RawGguf string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    i64(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  /** A key and the number of its value's type. */
  RawGguf key(String key, int type) {
    return string(key).i32(type);
  }

  RawGguf text(String key, String value) {
    return key(key, 8).string(value);
  }

  RawGguf u16(String key, int value) {
    return key(key, 2).i16(value);
  }

  RawGguf u32(String key, int value) {
    return key(key, 4).i32(value);
  }

  RawGguf tensor(String name, int type, long offset, long... dims) {
    string(name).i32(dims.length);
    for (long dim : dims) {
      i64(dim);
    }
    return i32(type).i64(offset);
  }

  RawGguf pad(int alignment) {
    while (out.size() % alignment != 0) {
      i8(0);
    }
    return this;
  }

  /** {@code count} bytes that count up from {@code first}. */
  RawGguf data(int count, int first) {
    for (int i = 0; i < count; i++) {
      i8(first + i);
    }
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  Path write(Path file) {
    try {
      return Files.write(file, bytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Two tensors, every kind of value, no byte behind the last tensor. */
  static RawGguf small() {
    return header(3, 2, 9)
        .text("general.architecture", "llama")
        .u32("general.alignment", 64)
        .key("test.bool", 7)
        .i8(1)
        .key("test.real", 6)
        .f32(0.5f)
        .key("test.long", 10)
        .i64(1L << 40)
        .key("test.texts", 9)
        .i32(8)
        .i64(3)
        .string("a")
        .string("")
        .string("\u0120b")
        .key("test.ints", 9)
        .i32(5)
        .i64(2)
        .i32(-1)
        .i32(7)
        .key("test.flags", 9)
        .i32(7)
        .i64(2)
        .i8(0)
        .i8(1)
        .key("test.nested", 9)
        .i32(9)
        .i64(2)
        .i32(0)
        .i64(1)
        .i8(200)
        .i32(8)
        .i64(1)
        .string("x")
        .tensor("w", 2, 0, 32, 2)
        .tensor("v", 0, 64, 3)
        .pad(64)
        .data(36, 1)
        .pad(64)
        .data(12, 100);
  }
}
