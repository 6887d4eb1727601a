package dev.rocmforge.engine.session;

/**
 * Optimal scalar quantization of the coordinates of a turned head (Zandieh et al., TurboQuant,
 * arXiv 2504.19874): turned, they are nearly Gaussian with the head's root mean square, so that one
 * table of levels serves every head. Levels are Lloyd's and Max's for the unit Gaussian. The scale
 * is the least-squares one, {@code sum(x c) / sum(c c)}, which is never further from the head than
 * its root mean square. Codes count levels from the lowest; value {@code i} of eight begins at bit
 * {@code i * bits}, lowest first.
 */
final class TurboCode implements KvCode {
  /** Below, a head is zero: the square of a smaller value is no float. */
  private static final float LEAST = 1e-18f;

  /**
   * Positive levels of the unit Gaussian by bits (Max, Quantizing for Minimum Distortion, 1960).
   */
  private static final double[][] POSITIVE = {
    {0.452780035, 1.510417608},
    {0.245094179, 0.756005281, 1.343909279, 2.151945705},
    {
      0.128395030,
      0.388048299,
      0.656759119,
      0.942340456,
      1.256231197,
      1.618046386,
      2.069017227,
      2.732589571
    }
  };

  private final int bits;
  private final float[] levels;
  private final float[] borders;

  /**
   * @param bits 2, 3 or 4
   */
  TurboCode(int bits) {
    this.bits = bits;
    double[] positive = POSITIVE[bits - 2];
    int half = positive.length;
    levels = new float[2 * half];
    borders = new float[half - 1];
    for (int i = 0; i < half; i++) {
      levels[half + i] = (float) positive[i];
      levels[half - 1 - i] = -levels[half + i];
      if (i > 0) {
        borders[i - 1] = (levels[half + i - 1] + levels[half + i]) / 2;
      }
    }
  }

  /** All levels, rising: a copy. */
  float[] levels() {
    return levels.clone();
  }

  @Override
  public void encode(
      float[] x, int at, int length, byte[] codes, int to, short[] scales, int scaleAt) {
    float squares = 0;
    for (int i = at; i < at + length; i++) {
      squares += x[i] * x[i];
    }
    float rms = (float) Math.sqrt(squares / length);
    float inverse = rms > LEAST ? 1 / rms : 0;
    float product = 0;
    float norm = 0;
    for (int unit = 0; unit < length; unit += UNIT) {
      int packed = 0;
      for (int i = unit; i < Math.min(length, unit + UNIT); i++) {
        int code = code(x[at + i] * inverse);
        packed |= code << ((i - unit) * bits);
        product += x[at + i] * levels[code];
        norm += levels[code] * levels[code];
      }
      for (int i = 0; i < bits; i++) {
        codes[to + unit / UNIT * bits + i] = (byte) (packed >>> (Byte.SIZE * i));
      }
    }
    scales[scaleAt] = Float.floatToFloat16(product / norm);
  }

  /** The level next to {@code x}; at a border the one nearer to zero. */
  private int code(float x) {
    float magnitude = Math.abs(x);
    int level = 0;
    for (float border : borders) {
      level += magnitude > border ? 1 : 0;
    }
    int half = levels.length / 2;
    return x < 0 ? half - 1 - level : half + level;
  }

  @Override
  public void decode(
      byte[] codes, int from, short[] scales, int scaleAt, int length, float[] x, int at) {
    float scale = Float.float16ToFloat(scales[scaleAt]);
    int mask = levels.length - 1;
    for (int unit = 0; unit < length; unit += UNIT) {
      int packed = 0;
      for (int i = 0; i < bits; i++) {
        packed |= (codes[from + unit / UNIT * bits + i] & 0xff) << (Byte.SIZE * i);
      }
      for (int i = unit; i < Math.min(length, unit + UNIT); i++) {
        x[at + i] = levels[(packed >>> ((i - unit) * bits)) & mask] * scale;
      }
    }
  }
}
