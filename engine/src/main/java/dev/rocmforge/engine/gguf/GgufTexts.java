package dev.rocmforge.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An array of strings as the file has it: a 64-bit length before each. Only where each one starts
 * is on the heap, 4 bytes a string; they are decoded when asked for.
 */
public final class GgufTexts implements GgufValue.Sequence {
  private static final int LENGTH_BYTES = 8;
  private static final int SHOWN = 8;

  private final MemorySegment bytes;
  private final int[] starts;

  /**
   * @param bytes lengths and strings; kept, not copied
   * @param starts offset of each length; one more than there are strings, the last is the end
   */
  GgufTexts(MemorySegment bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  static GgufTexts of(List<String> texts) {
    return ofUtf8(texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** An array of strings given as their bytes, copied. */
  public static GgufTexts ofUtf8(List<byte[]> encoded) {
    int[] starts = new int[encoded.size() + 1];
    for (int i = 0; i < encoded.size(); i++) {
      starts[i + 1] = Math.addExact(starts[i], LENGTH_BYTES + encoded.get(i).length);
    }
    MemorySegment bytes = MemorySegment.ofArray(new byte[starts[encoded.size()]]);
    for (int i = 0; i < encoded.size(); i++) {
      byte[] text = encoded.get(i);
      bytes.set(LittleEndian.LONG, starts[i], text.length);
      MemorySegment.copy(
          text, 0, bytes, ValueLayout.JAVA_BYTE, starts[i] + LENGTH_BYTES, text.length);
    }
    return new GgufTexts(bytes, starts);
  }

  @Override
  public GgufType elementType() {
    return GgufType.STRING;
  }

  @Override
  public int size() {
    return starts.length - 1;
  }

  /** String {@code index}; bytes that are no UTF-8 become U+FFFD. */
  public String text(int index) {
    return new String(utf8(index), StandardCharsets.UTF_8);
  }

  /** A copy of the bytes of string {@code index}. */
  public byte[] utf8(int index) {
    byte[] text = new byte[starts[index + 1] - starts[index] - LENGTH_BYTES];
    MemorySegment.copy(
        bytes, ValueLayout.JAVA_BYTE, starts[index] + LENGTH_BYTES, text, 0, text.length);
    return text;
  }

  /** All strings, decoded. */
  public List<String> texts() {
    List<String> texts = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      texts.add(text(i));
    }
    return Collections.unmodifiableList(texts);
  }

  /** Lengths and strings as stored. */
  MemorySegment bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GgufTexts that
        && size() == that.size()
        && bytes.mismatch(that.bytes) < 0;
  }

  @Override
  public int hashCode() {
    return 31 * size() + Long.hashCode(bytes.byteSize());
  }

  /** The first strings, for people. */
  @Override
  public String toString() {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < Math.min(size(), SHOWN); i++) {
      shown.add(text(i));
    }
    return "[" + String.join(", ", shown) + (size() > SHOWN ? ", ...]" : "]");
  }
}
