package dev.rocmforge.engine.session;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * TurboQuant by its definition, in double: a dense rotation matrix, levels found by Lloyd's
 * iteration on the unit Gaussian, the nearest level, the least-squares scale. Shares nothing with
 * the engine but the signs.
 */
final class DoubleTurbo {
  private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);

  private final double[][] rotation;
  private final double[] levels;

  DoubleTurbo(int bits, float[] signs) {
    levels = lloydMax(1 << bits);
    rotation = matrix(signs);
  }

  /** Hadamard (by bit counts) times Hartley, each column with its sign. */
  private static double[][] matrix(float[] signs) {
    int length = signs.length;
    int power = Integer.lowestOneBit(length);
    int odd = length / power;
    double[][] all = new double[length][length];
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < length; j++) {
        double hadamard = Integer.bitCount((i % power) & (j % power)) % 2 == 0 ? 1 : -1;
        int outer = (i / power) * (j / power) % odd;
        double angle = 2 * Math.PI * outer / odd;
        double hartley = Math.sqrt(2) * Math.cos(angle - Math.PI / 4);
        all[i][j] = hadamard * hartley / Math.sqrt(length) * signs[j];
      }
    }
    return all;
  }

  static double[] lloydMax(int count) {
    double[] found = new double[count];
    for (int i = 0; i < count; i++) {
      found[i] = -3 + 6 * (i + 0.5) / count;
    }
    for (int round = 0; round < 5000; round++) {
      double[] next = new double[count];
      for (int i = 0; i < count; i++) {
        double low = i == 0 ? -40 : (found[i - 1] + found[i]) / 2;
        double high = i == count - 1 ? 40 : (found[i] + found[i + 1]) / 2;
        double mass = NORMAL.cumulativeProbability(high) - NORMAL.cumulativeProbability(low);
        next[i] = (NORMAL.density(low) - NORMAL.density(high)) / mass;
      }
      found = next;
    }
    return found;
  }

  double[] levels() {
    return levels.clone();
  }

  double[] turn(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += rotation[i][j] * x[j];
      }
    }
    return y;
  }

  double[] turnBack(double[] y) {
    double[] x = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < y.length; j++) {
        x[j] += rotation[i][j] * y[i];
      }
    }
    return x;
  }

  /** What is left of a head after it was stored. */
  double[] stored(double[] x) {
    double[] y = turn(x);
    double squares = 0;
    for (double each : y) {
      squares += each * each;
    }
    double rms = Math.sqrt(squares / y.length);
    double[] rounded = new double[y.length];
    double product = 0;
    double norm = 0;
    for (int i = 0; i < y.length; i++) {
      rounded[i] = nearest(y[i] / rms);
      product += y[i] * rounded[i];
      norm += rounded[i] * rounded[i];
    }
    for (int i = 0; i < y.length; i++) {
      rounded[i] *= product / norm;
    }
    return turnBack(rounded);
  }

  private double nearest(double x) {
    double best = levels[0];
    for (double level : levels) {
      best = Math.abs(x - level) < Math.abs(x - best) ? level : best;
    }
    return best;
  }
}
