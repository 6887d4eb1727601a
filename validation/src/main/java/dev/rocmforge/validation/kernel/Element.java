package dev.rocmforge.validation.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Element types of outputs. */
enum Element {
  F32(4, (byte) 0xFF),
  F16(2, (byte) 0xFF),
  /** No kernel writes -128, so the poison cannot pass for a result. */
  I8(1, (byte) 0x80),
  I32(4, (byte) 0x80);

  private final int bytes;
  private final byte poison;

  Element(int bytes, byte poison) {
    this.bytes = bytes;
    this.poison = poison;
  }

  int bytes() {
    return bytes;
  }

  /** The byte that unwritten memory is filled with; NaN for the float types. */
  byte poison() {
    return poison;
  }

  double read(MemorySegment memory, long index) {
    return switch (this) {
      case F32 -> memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * index);
      case F16 -> Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
      case I8 -> memory.get(ValueLayout.JAVA_BYTE, index);
      case I32 -> memory.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * index);
    };
  }
}
