package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/** IEEE binary16, 2 bytes a weight. Encoding rounds to nearest, ties to even. */
final class F16 extends Blocks {
  F16() {
    super(1, 2);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    dst[to] = half(src, at);
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    putHalf(dst, at, src[from]);
  }
}
