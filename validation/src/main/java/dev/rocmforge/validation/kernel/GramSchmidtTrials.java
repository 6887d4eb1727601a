package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** Orthogonal rows: one row changes, those before and behind it stay as they were. */
final class GramSchmidtTrials {
  private static final float FLOOR = 1e-3f;

  /** Shares so large that what is left lies far below the floor, or so small that it lies above. */
  private static final float LARGE = 1e6f;

  private GramSchmidtTrials() {}

  private static Trial.Code code(KernelCase one) {
    return new Trial.Code("ops/gram_schmidt.hip", one.constants());
  }

  /** A row less its shares in those before it; each product passes at most 2 row + 2 roundings. */
  static Trial takeAway(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int row = one.size("rows") - 1;
    int length = one.size("columns");
    float[] vectors = one.inputs().values(random, row + 2, length);
    float[] shares = InputClass.NORMAL.values(random, 1, row + 1);
    Expectation expected = new Expectation(row + 2, length);
    for (int i = 0; i < length; i++) {
      double sum = 0;
      double magnitude = 0;
      double energy = 0;
      for (int j = 0; j < row; j++) {
        double term = (double) shares[j] * vectors[j * length + i];
        sum += term;
        magnitude += Math.abs(term);
        energy += term * term;
      }
      double own = vectors[row * length + i];
      double bound =
          RoundingBound.gamma(2 * row + 2) * (magnitude + Math.abs(own))
              + (row + 1) * RoundingBound.F32_FLUSH;
      expected.set(row * length + i, new Product.Value(own - sum, bound, energy + own * own));
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one),
        "take_away",
        256,
        Trial.Grid.of(Grids.blocks(length, 256)),
        trial.output("vectors", vectors, expected),
        trial.input("shares", shares),
        row,
        length);
  }

  /**
   * A row over its length, or zeros where {@code spent} is 1: its shares were nearly all of it. The
   * sum of squares as in rms_norm; its relative error is halved by the root.
   */
  static Trial unitLength(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int row = one.size("rows") - 1;
    int length = one.size("columns");
    int threads = Grids.rowThreads(one, length, 1024);
    float[] vectors = one.inputs().values(random, row + 2, length);
    float[] shares = InputClass.NORMAL.values(random, 1, row + 1);
    boolean spent = one.constant("spent", 0) == 1;
    for (int j = 0; j < shares.length; j++) {
      // What lies behind the row's shares is another row's and must not count.
      shares[j] *= spent == j < row ? LARGE : 1e-3f;
    }
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += Math.pow(vectors[row * length + i], 2);
    }
    double factor = spent || squares == 0 ? 0 : 1 / Math.sqrt(squares);
    int chain =
        2 * Grids.blocks(length, threads)
            + Integer.numberOfTrailingZeros(one.wave())
            + Grids.blocks(threads, one.wave());
    Expectation expected = new Expectation(row + 2, length);
    for (int i = 0; i < length; i++) {
      double value = vectors[row * length + i] * factor;
      double bound = RoundingBound.gamma(chain / 2.0 + 8) * Math.abs(value);
      expected.set(row * length + i, value, bound + RoundingBound.F32_FLUSH * (1 + factor));
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one),
        "unit_length",
        threads,
        Trial.Grid.of(1),
        trial.output("vectors", vectors, expected),
        trial.input("shares", shares),
        row,
        length,
        Float.floatToRawIntBits(FLOOR));
  }
}
