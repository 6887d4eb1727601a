package dev.rocmforge.engine.session;

import java.util.Random;

/**
 * An orthonormal random rotation of a head: random signs, then a mixing of all coordinates that is
 * its own inverse. Where the head length is a power of two this is the Hadamard transform in
 * Sylvester's order. Otherwise the length is {@code odd * power}: Hadamard inside each of {@code
 * odd} stretches, and across them the discrete Hartley transform, {@code cas(2 pi i j / odd)}. The
 * whole is the Kronecker product of both, and no coordinate is filled up.
 *
 * <p>Order of the arithmetic: signs, sums and differences at distances 1, 2, 4, ..., sums across
 * stretches rising, the scale.
 */
public final class HeadRotation {
  private final int length;
  private final int odd;
  private final int power;
  private final float[] signs;
  private final float[] hartley;
  private final float scale;

  /**
   * @param length values of a head, at least 1
   */
  public HeadRotation(int length, long seed) {
    this.length = length;
    power = Integer.lowestOneBit(length);
    odd = length / power;
    scale = (float) (1 / Math.sqrt(power));
    signs = new float[length];
    var random = new Random(seed);
    for (int i = 0; i < length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
    }
    hartley = new float[odd * odd];
    for (int i = 0; i < odd; i++) {
      for (int j = 0; j < odd; j++) {
        double angle = 2 * Math.PI * (i * (long) j % odd) / odd;
        hartley[i * odd + j] = (float) ((Math.cos(angle) + Math.sin(angle)) / Math.sqrt(odd));
      }
    }
  }

  /** Values of a head. */
  public int length() {
    return length;
  }

  /** Stretches that the Hartley transform mixes; 1 for a power of two. */
  public int odd() {
    return odd;
  }

  /** Sign of each coordinate, 1 or -1: a copy. */
  public float[] signs() {
    return signs.clone();
  }

  /** The Hartley matrix {@code [odd][odd]}, orthonormal and symmetric: a copy. */
  public float[] hartley() {
    return hartley.clone();
  }

  /**
   * Turns a head in place.
   *
   * @param spare at least {@link #length} floats, overwritten
   */
  public void turn(float[] x, int at, float[] spare) {
    for (int i = 0; i < length; i++) {
      x[at + i] *= signs[i];
    }
    mix(x, at, spare);
  }

  /** The inverse of {@link #turn}. */
  public void turnBack(float[] x, int at, float[] spare) {
    mix(x, at, spare);
    for (int i = 0; i < length; i++) {
      x[at + i] *= signs[i];
    }
  }

  private void mix(float[] x, int at, float[] spare) {
    for (int half = 1; half < power; half *= 2) {
      for (int group = 0; group < length; group += 2 * half) {
        for (int i = at + group; i < at + group + half; i++) {
          float a = x[i];
          float b = x[i + half];
          x[i] = a + b;
          x[i + half] = a - b;
        }
      }
    }
    if (odd > 1) {
      System.arraycopy(x, at, spare, 0, length);
      for (int i = 0; i < odd; i++) {
        for (int in = 0; in < power; in++) {
          float sum = 0;
          for (int j = 0; j < odd; j++) {
            sum += hartley[i * odd + j] * spare[j * power + in];
          }
          x[at + i * power + in] = sum;
        }
      }
    }
    for (int i = at; i < at + length; i++) {
      x[i] *= scale;
    }
  }
}
