package dev.rocmforge.reports.stats;

import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * Warm-up until the slope is flat: feed it whole repetitions, and it says after each whether the
 * last few still get faster or slower. Mutable, one thread; no clock of its own.
 *
 * <p>Flat means: over the last {@code window} repetitions the least-squares slope carries the time
 * by no more than {@code tolerance} of its mean from the first to the last of them, or the slope is
 * within what the noise alone explains (two-sided t-test at 10 %) and that noise is no excuse for a
 * drift of more than four times the tolerance. At the cap counting begins all the same, and the
 * decision says so.
 */
public final class WarmupRule {
  private static final double SIGNIFICANCE = 0.10;
  private static final double NOISY_TOLERANCES = 4;

  private final int window;
  private final int cap;
  private final double tolerance;
  private final double[] last;
  private int repetitions;

  /**
   * Decides after one repetition.
   *
   * @param done whether counting may begin
   * @param flat whether the slope was found flat; {@code done} without it means the cap was reached
   * @param reason in words, with the figures
   */
  public record Decision(boolean done, boolean flat, String reason) {}

  /**
   * A rule with its limits.
   *
   * @param window repetitions looked at, at least 3
   * @param cap most repetitions, at least {@code window}
   * @param tolerance relative drift over the window that counts as flat, such as 0.02
   */
  public WarmupRule(int window, int cap, double tolerance) {
    if (window < 3 || cap < window || !(tolerance > 0)) {
      throw new IllegalArgumentException(
          "warm-up: window >= 3, cap >= window and tolerance > 0 needed, found %d, %d and %s"
              .formatted(window, cap, tolerance));
    }
    this.window = window;
    this.cap = cap;
    this.tolerance = tolerance;
    this.last = new double[window];
  }

  /** The last 4 repetitions within 2 %, at most 20. */
  public static WarmupRule standard() {
    return new WarmupRule(4, 20, 0.02);
  }

  /** Repetitions fed so far. */
  public int repetitions() {
    return repetitions;
  }

  /** Takes the time of one more repetition. */
  public Decision add(long nanos) {
    if (nanos <= 0) {
      throw new IllegalArgumentException("nanos: more than 0 needed, found " + nanos);
    }
    last[repetitions % window] = nanos;
    repetitions++;
    if (repetitions < window) {
      return new Decision(
          false, false, "%d of at least %d repetitions".formatted(repetitions, window));
    }
    SimpleRegression line = new SimpleRegression();
    double sum = 0;
    for (int i = 0; i < window; i++) {
      double value = last[(repetitions + i) % window];
      line.addData(i, value);
      sum += value;
    }
    double drift = line.getSlope() * (window - 1) / (sum / window);
    double p = slopePValue(line);
    boolean flat =
        Math.abs(drift) <= tolerance
            || (p > SIGNIFICANCE && Math.abs(drift) <= NOISY_TOLERANCES * tolerance);
    return decision(flat, drift, p);
  }

  private Decision decision(boolean flat, double drift, double p) {
    String figures =
        String.format(
            Locale.ROOT,
            "drift %+.1f %% over the last %d repetitions (limit %.1f %%, p = %.2f)",
            100 * drift,
            window,
            100 * tolerance,
            p);
    if (flat) {
      return new Decision(true, true, "flat: " + figures);
    }
    return repetitions >= cap
        ? new Decision(true, false, "not flat at the cap of " + cap + " repetitions: " + figures)
        : new Decision(false, false, "not flat yet: " + figures);
  }

  /** Two-sided p-value of a slope of 0; a line through every point is certain, a level one not. */
  private static double slopePValue(SimpleRegression line) {
    double error = line.getSlopeStdErr();
    if (line.getSlope() == 0) {
      return 1;
    }
    if (error == 0) {
      return 0;
    }
    double t = Math.abs(line.getSlope() / error);
    return 2 * (1 - new TDistribution(null, line.getN() - 2.0).cumulativeProbability(t));
  }
}
