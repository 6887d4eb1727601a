package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/** IEEE binary32, 4 bytes a weight. */
final class F32 extends Blocks {
  F32() {
    super(1, 4);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    dst[to] = Float.intBitsToFloat(bits32(src, at));
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    putBits32(dst, at, Float.floatToRawIntBits(src[from]));
  }
}
