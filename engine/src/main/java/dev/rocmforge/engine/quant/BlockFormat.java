package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * How one weight format lies in memory: reading it, writing it and multiplying with it. Stateless
 * and safe for any number of threads. Every {@code count} is a whole number of blocks; another one
 * is a bug of the caller and an {@link AssertionError}. Offsets into segments are bytes and need no
 * alignment; all formats are little-endian.
 */
public interface BlockFormat {
  /**
   * Decodes {@code count} weights. The arithmetic is that of the format's definition in single
   * precision, one rounding an operation and no fused multiply-add, so that the result is the same
   * on every machine. A block whose scale is NaN or infinite decodes to what the arithmetic gives.
   *
   * @param src the blocks
   * @param offset byte offset of the first block in {@code src}
   * @param dst receives the weights, first weight at {@code dstOffset}
   */
  void decode(MemorySegment src, long offset, float[] dst, int dstOffset, int count);

  /** Whether {@link #encode} exists for this format. */
  boolean encodes();

  /**
   * Encodes {@code count} weights.
   *
   * @param src the weights, first one at {@code srcOffset}
   * @param dst receives the blocks
   * @param offset byte offset of the first block in {@code dst}
   * @throws UnsupportedOperationException when {@link #encodes()} is false
   */
  void encode(float[] src, int srcOffset, MemorySegment dst, long offset, int count);

  /**
   * Dot product of {@code count} encoded weights with {@code x}: each weight decoded as in {@link
   * #decode}, multiplied and summed in double precision in ascending order.
   */
  double dot(MemorySegment src, long offset, float[] x, int xOffset, int count);
}
