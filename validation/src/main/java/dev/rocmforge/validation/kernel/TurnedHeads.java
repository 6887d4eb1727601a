package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/**
 * The random rotation of heads as a dense matrix in double: signs, Hadamard by the parity of
 * indices, Hartley by its cosines.
 */
final class TurnedHeads {
  private final int length;
  private final int power;
  private final int odd;
  private final float[] signs;
  private final double[][] matrix;

  TurnedHeads(int length, SplittableRandom random) {
    this.length = length;
    power = Integer.lowestOneBit(length);
    odd = length / power;
    signs = new float[length];
    matrix = new double[length][length];
    for (int i = 0; i < length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
    }
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < length; j++) {
        double parity = Integer.bitCount((i % power) & (j % power)) % 2 == 0 ? 1 : -1;
        matrix[i][j] = parity * hartley(i / power, j / power) / Math.sqrt(power);
      }
    }
  }

  private double hartley(int i, int j) {
    double angle = 2 * Math.PI * i * j / odd;
    return (Math.cos(angle) + Math.sin(angle)) / Math.sqrt(odd);
  }

  /** Signs and Hartley matrix as kernels read them. */
  float[] table() {
    float[] table = new float[length + odd * odd];
    System.arraycopy(signs, 0, table, 0, length);
    for (int i = 0; i < odd; i++) {
      for (int j = 0; j < odd; j++) {
        table[length + i * odd + j] = (float) hartley(i, j);
      }
    }
    return table;
  }

  /** Turns columns {@code from ...} of a row; or, {@code back}, undoes it. */
  Product.Value[] turn(Vectors x, int row, int from, boolean back) {
    Product.Value[] turned = new Product.Value[length];
    // Sums of pairs, of stretches, and the scale; signs are exact; the table is rounded once.
    double gamma = RoundingBound.gamma(Integer.numberOfTrailingZeros(power) + odd + 2.0);
    for (int i = 0; i < length; i++) {
      double sum = 0;
      double magnitude = 0;
      double unsure = 0;
      double energy = 0;
      for (int j = 0; j < length; j++) {
        double factor = matrix[i][j] * (back ? signs[i] : signs[j]);
        double term = factor * x.value(row, from + j);
        sum += term;
        magnitude += Math.abs(term);
        unsure += Math.abs(factor) * x.uncertainty(row, from + j);
        energy += term * term;
      }
      double bound = unsure + gamma * (magnitude + unsure) + 2 * length * RoundingBound.F32_FLUSH;
      turned[i] = new Product.Value(sum, bound, energy);
    }
    return turned;
  }
}
