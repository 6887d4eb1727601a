package dev.rocmforge.engine.session;

import dev.rocmforge.engine.KvType;

/** How a head becomes codes with scales. Codes lie in whole bytes for every eight values. */
sealed interface KvCode permits ByteCode, TurboCode {
  /** Values whose codes fill whole bytes. */
  int UNIT = 8;

  static KvCode of(KvType type) {
    return switch (type) {
      case F32, F16 -> throw new IllegalArgumentException(type + " has no codes");
      case Q8_0 -> new ByteCode();
      case TURBO2, TURBO3, TURBO4 -> new TurboCode(type.bits());
    };
  }

  /**
   * Writes a head's codes and scales. A NaN or an infinity makes a scale of the head not finite.
   *
   * @param x the head, turned where the type says so
   */
  void encode(float[] x, int at, int length, byte[] codes, int to, short[] scales, int scaleAt);

  /** Reads what {@link #encode} wrote. */
  void decode(byte[] codes, int from, short[] scales, int scaleAt, int length, float[] x, int at);
}
