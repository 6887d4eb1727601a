package dev.rocmforge.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Builds everything that stands before the weights; the layout is drawn at {@link GgufShard}. */
final class GgufHeader {
  static final int VERSION = 3;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);

  private GgufHeader() {}

  /**
   * The header, padded so that the weights can follow at once.
   *
   * @param offsets of each tensor from the beginning of the weights
   */
  static byte[] of(
      Map<String, GgufValue> metadata,
      List<GgufDeclaration> tensors,
      List<Long> offsets,
      int alignment) {
    GgufHeader header = new GgufHeader();
    header.int32(GgufShard.MAGIC);
    header.int32(VERSION);
    header.int64(tensors.size());
    header.int64(metadata.size());
    metadata.forEach(
        (key, value) -> {
          header.text(key);
          header.int32(value.type().number());
          header.value(value);
        });
    for (int i = 0; i < tensors.size(); i++) {
      GgufDeclaration tensor = tensors.get(i);
      header.text(tensor.name());
      header.int32(tensor.shape().size());
      tensor.shape().forEach(header::int64);
      header.int32(tensor.type().ggmlType());
      header.int64(offsets.get(i));
    }
    while (header.out.size() % alignment != 0) {
      header.out.write(0);
    }
    return header.out.toByteArray();
  }

  private void value(GgufValue value) {
    switch (value) {
      case GgufValue.Whole whole -> integer(whole.bits(), whole.type().bytes());
      case GgufValue.Real real when real.type() == GgufType.FLOAT32 ->
          int32(Float.floatToRawIntBits((float) real.value()));
      case GgufValue.Real real -> int64(Double.doubleToRawLongBits(real.value()));
      case GgufValue.Flag flag -> out.write(flag.value() ? 1 : 0);
      case GgufValue.Text text -> text(text.value());
      case GgufValue.Sequence sequence -> sequence(sequence);
    }
  }

  private void sequence(GgufValue.Sequence sequence) {
    int32(sequence.elementType().number());
    int64(sequence.size());
    switch (sequence) {
      case GgufNumbers numbers -> out.writeBytes(numbers.bytes().toArray(ValueLayout.JAVA_BYTE));
      case GgufTexts texts -> out.writeBytes(texts.bytes().toArray(ValueLayout.JAVA_BYTE));
      case GgufValue.Nested nested -> nested.arrays().forEach(this::sequence);
    }
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int64(utf8.length);
    out.writeBytes(utf8);
  }

  private void int32(int value) {
    integer(value, Integer.BYTES);
  }

  private void int64(long value) {
    integer(value, Long.BYTES);
  }

  private void integer(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
  }
}
