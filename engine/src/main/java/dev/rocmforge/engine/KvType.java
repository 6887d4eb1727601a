package dev.rocmforge.engine;

/** Storage of the keys or the values of a cache. */
public enum KvType {
  F32,
  F16,
  /** Signed bytes, a half-float scale for every 32 values of a head. */
  Q8_0,
  /** Two bits a value and a half-float scale a head (TurboQuant, arXiv 2504.19874). */
  TURBO2,
  /** The same with three bits. */
  TURBO3,
  /** The same with four bits. */
  TURBO4;

  /** Values that share a scale in {@link #Q8_0}. */
  private static final int BLOCK = 32;

  /** Values whose codes fill whole bytes in every type. */
  private static final int UNIT = 8;

  /** The word used on the command line and in records. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Bits of a value, scales apart. */
  public int bits() {
    return switch (this) {
      case F32 -> 32;
      case F16 -> 16;
      case Q8_0 -> 8;
      case TURBO4 -> 4;
      case TURBO3 -> 3;
      case TURBO2 -> 2;
    };
  }

  /** Whether values are codes with a scale beside them. */
  public boolean coded() {
    return bits() < 16;
  }

  /** Whether heads are turned at random before they are stored. */
  public boolean turned() {
    return bits() < 8;
  }

  /** Bytes of the values or codes of a head; heads are filled up to eight codes. */
  public int codeBytes(int headLength) {
    return coded()
        ? (headLength + UNIT - 1) / UNIT * bits() * UNIT / Byte.SIZE
        : headLength * bits() / Byte.SIZE;
  }

  /** Half-float scales of a head. */
  public int scales(int headLength) {
    if (!coded()) {
      return 0;
    }
    return turned() ? 1 : (headLength + BLOCK - 1) / BLOCK;
  }

  /** Bytes of a head at one position, scales included. */
  public int bytes(int headLength) {
    return codeBytes(headLength) + 2 * scales(headLength);
  }
}
