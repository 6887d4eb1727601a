package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What all formats share: walking over blocks, checking lengths and little-endian access. A format
 * adds the layout of its one block.
 */
abstract class Blocks implements BlockFormat {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Weights that {@link #dot} decodes at a time: a multiple of every block size. */
  private static final int DOT_WEIGHTS = 256;

  /** Scratch of {@link #dot}, kept by thread so that a dot product allocates nothing. */
  private static final ThreadLocal<float[]> DECODED =
      ThreadLocal.withInitial(() -> new float[DOT_WEIGHTS]);

  private final int blockSize;
  private final int blockBytes;

  Blocks(int blockSize, int blockBytes) {
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /** Decodes the block at byte {@code at} into {@code dst[to]} and following. */
  abstract void decodeBlock(MemorySegment src, long at, float[] dst, int to);

  /** Encodes {@code src[from]} and following into the block at byte {@code at}. */
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    throw new UnsupportedOperationException(getClass().getSimpleName() + " is decoded only");
  }

  @Override
  public boolean encodes() {
    return true;
  }

  @Override
  public final void decode(MemorySegment src, long offset, float[] dst, int dstOffset, int count) {
    requireWholeBlocks(count);
    long at = offset;
    for (int i = 0; i < count; i += blockSize, at += blockBytes) {
      decodeBlock(src, at, dst, dstOffset + i);
    }
  }

  @Override
  public final void encode(float[] src, int srcOffset, MemorySegment dst, long offset, int count) {
    requireWholeBlocks(count);
    long at = offset;
    for (int i = 0; i < count; i += blockSize, at += blockBytes) {
      encodeBlock(src, srcOffset + i, dst, at);
    }
  }

  @Override
  public final double dot(MemorySegment src, long offset, float[] x, int xOffset, int count) {
    requireWholeBlocks(count);
    float[] w = DECODED.get();
    double sum = 0;
    for (int i = 0; i < count; i += DOT_WEIGHTS) {
      int n = Math.min(DOT_WEIGHTS, count - i);
      decode(src, offset + (long) (i / blockSize) * blockBytes, w, 0, n);
      for (int j = 0; j < n; j++) {
        sum += (double) w[j] * x[xOffset + i + j];
      }
    }
    return sum;
  }

  private void requireWholeBlocks(int count) {
    if (count < 0 || count % blockSize != 0) {
      throw new AssertionError(
          getClass().getSimpleName()
              + ": "
              + count
              + " weights are no whole number of blocks of "
              + blockSize);
    }
  }

  static int unsigned(MemorySegment s, long at) {
    return s.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  static int signed(MemorySegment s, long at) {
    return s.get(ValueLayout.JAVA_BYTE, at);
  }

  static void putByte(MemorySegment s, long at, int value) {
    s.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }

  static short bits16(MemorySegment s, long at) {
    return s.get(SHORT, at);
  }

  static void putBits16(MemorySegment s, long at, short bits) {
    s.set(SHORT, at, bits);
  }

  static int bits32(MemorySegment s, long at) {
    return s.get(INT, at);
  }

  static void putBits32(MemorySegment s, long at, int bits) {
    s.set(INT, at, bits);
  }

  static float half(MemorySegment s, long at) {
    return Float.float16ToFloat(bits16(s, at));
  }

  /** Stores {@code value} as IEEE binary16, rounded to nearest, ties to even. */
  static void putHalf(MemorySegment s, long at, float value) {
    putBits16(s, at, Float.floatToFloat16(value));
  }
}
