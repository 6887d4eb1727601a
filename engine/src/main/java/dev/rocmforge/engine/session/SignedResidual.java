package dev.rocmforge.engine.session;

import java.util.Random;

/**
 * What rounding took from a key, as one bit a coordinate of a random Gaussian projection, and its
 * length (the QJL transform, Zandieh et al., arXiv 2406.03482): {@code q r} is about {@code |r|
 * sqrt(pi / 2) / n * sum((S q)_i sign((S r)_i))}, without bias. The query is projected, not
 * rounded.
 */
final class SignedResidual {
  private final int length;
  private final float[] projection;
  private final float factor;

  SignedResidual(int length, long seed) {
    this.length = length;
    factor = (float) (Math.sqrt(Math.PI / 2) / length);
    projection = new float[length * length];
    var random = new Random(~seed);
    for (int i = 0; i < projection.length; i++) {
      projection[i] = (float) random.nextGaussian();
    }
  }

  int signBytes() {
    return (length + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Bits of the length of {@code residual}, whose signs go into {@code signs}. */
  short encode(float[] residual, byte[] signs, int at) {
    float squares = 0;
    for (int i = 0; i < length; i++) {
      squares += residual[i] * residual[i];
    }
    for (int i = 0; i < signBytes(); i++) {
      signs[at + i] = 0;
    }
    for (int i = 0; i < length; i++) {
      if (row(i, residual, 0) < 0) {
        signs[at + i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
      }
    }
    return Float.floatToFloat16((float) Math.sqrt(squares));
  }

  /** What {@link #project} of a query is multiplied by. */
  void decode(byte[] signs, int from, short norm, float[] to, int at) {
    float step = factor * Float.float16ToFloat(norm);
    for (int i = 0; i < length; i++) {
      boolean negative = ((signs[from + i / Byte.SIZE] >> (i % Byte.SIZE)) & 1) != 0;
      to[at + i] = negative ? -step : step;
    }
  }

  void project(float[] query, int from, float[] to, int at) {
    for (int i = 0; i < length; i++) {
      to[at + i] = row(i, query, from);
    }
  }

  private float row(int row, float[] x, int from) {
    float sum = 0;
    for (int i = 0; i < length; i++) {
      sum += projection[row * length + i] * x[from + i];
    }
    return sum;
  }
}
