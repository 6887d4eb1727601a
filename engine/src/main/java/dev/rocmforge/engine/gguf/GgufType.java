package dev.rocmforge.engine.gguf;

import java.util.Optional;

/** The value types of GGUF metadata, in the order of the numbers that files store. */
public enum GgufType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(0),
  ARRAY(0),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private static final GgufType[] BY_NUMBER = values();

  private final int bytes;

  GgufType(int bytes) {
    this.bytes = bytes;
  }

  /** The type that a file means by {@code number}, if there is one. */
  static Optional<GgufType> of(int number) {
    return number >= 0 && number < BY_NUMBER.length
        ? Optional.of(BY_NUMBER[number])
        : Optional.empty();
  }

  /** The number that files store. */
  public int number() {
    return ordinal();
  }

  /** Bytes of one value; 0 where the length varies. */
  int bytes() {
    return bytes;
  }

  boolean isInteger() {
    return switch (this) {
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
      case FLOAT32, BOOL, STRING, ARRAY, FLOAT64 -> false;
    };
  }

  boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
