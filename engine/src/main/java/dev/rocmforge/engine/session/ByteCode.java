package dev.rocmforge.engine.session;

/** Signed bytes; 32 values share a scale, the largest magnitude over 127, as GGML's Q8_0. */
record ByteCode() implements KvCode {
  private static final int BLOCK = 32;
  private static final int MOST = 127;

  /** Below, a block is zero: 127 over a smaller value is no float. */
  private static final float LEAST = 1e-30f;

  @Override
  public void encode(
      float[] x, int at, int length, byte[] codes, int to, short[] scales, int scaleAt) {
    for (int block = 0; block < length; block += BLOCK) {
      int end = Math.min(length, block + BLOCK);
      float most = 0;
      for (int i = block; i < end; i++) {
        most = Math.max(most, Math.abs(x[at + i]));
      }
      float inverse = most > LEAST ? MOST / most : 0;
      for (int i = block; i < end; i++) {
        codes[to + i] = (byte) Math.rint(x[at + i] * inverse);
      }
      scales[scaleAt + block / BLOCK] = Float.floatToFloat16(most / MOST);
    }
  }

  @Override
  public void decode(
      byte[] codes, int from, short[] scales, int scaleAt, int length, float[] x, int at) {
    for (int block = 0; block < length; block += BLOCK) {
      float scale = Float.float16ToFloat(scales[scaleAt + block / BLOCK]);
      for (int i = block; i < Math.min(length, block + BLOCK); i++) {
        x[at + i] = codes[from + i] * scale;
      }
    }
  }
}
