package dev.rocmforge.reports.stats;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Runs of a candidate compared with runs of a baseline, one time a run: the shift of Hodges and
 * Lehmann over a standard error that the runs' own spread and correlation give.
 *
 * <p>The standard error is {@code 1.023 s sqrt(1/m + 1/n)} with the noise {@code s} and the
 * effective numbers of runs {@code m} and {@code n}; 1.023 is what the shift loses against a mean
 * of normal values. It is judged by Student's t. The words {@code environment} and {@code
 * unchecked} need more than times and are given by whoever knows the records.
 *
 * @param ratio time of the candidate over that of the baseline with its interval at confidence 1 -
 *     significance; above 1 is slower
 * @param pValue two-sided; 1 where there are too few runs
 * @param minimumDetectableEffect smallest slowing that would have been found with the power asked
 *     for: 0.05 is 5 %; infinite where there are too few runs
 * @param moreRuns candidate runs that would bring it down to what must be detected; empty where no
 *     number does or none more is needed
 * @param noise from run to run
 * @param verdict what follows
 * @param reason of an inconclusive verdict, else what was found, in words
 */
public record RunComparison(
    Interval ratio,
    double pValue,
    double minimumDetectableEffect,
    OptionalInt moreRuns,
    RunNoise noise,
    Verdict verdict,
    String reason) {
  private static final double AGAINST_MEAN = Math.sqrt(Math.PI / 3);
  private static final double QN_EFFICIENCY = 0.82;
  private static final double LEAST_FREEDOM = 3;
  private static final double LEAST_ERROR = 1e-9;
  private static final int MOST_RUNS = 1000;

  /** Fewer ratios tell too little of their own spread to keep to the false alarms promised. */
  private static final int LEAST_PAIRS = 8;

  /**
   * What counts as a change.
   *
   * @param significance largest two-sided p-value of a change
   * @param power with which a change of {@code detect} must be found
   * @param smallestChange significant changes below it are no news: 0.01 is 1 %
   * @param detect a change that must not go unnoticed: where it could, the verdict is inconclusive
   * @param minimumRuns of either side; fewer cannot be told from a spike
   * @param mostNoise from run to run; a machine that is less steady allows no verdict: 0.2 is 20 %
   */
  public record Settings(
      double significance,
      double power,
      double smallestChange,
      double detect,
      int minimumRuns,
      double mostNoise) {
    /** Makes at most 1 % false alarms where runs correlate by up to 0.3; docs/gate.md shows it. */
    public static final Settings DEFAULT = new Settings(0.0055, 0.95, 0.01, 0.05, 5, 0.2);
  }

  /**
   * Compares runs in the order they ran.
   *
   * @param baseline time of each run; at least one
   * @param candidate time of each run; at least one
   */
  public static RunComparison of(double[] baseline, double[] candidate, Settings settings) {
    double[] before = RunNoise.logarithms(baseline);
    double[] after = RunNoise.logarithms(candidate);
    double shift = PairwiseDifferences.shift(before, after);
    RunNoise noise = RunNoise.ofLogarithms(before, after);
    int least = Math.min(before.length, after.length);
    if (least < settings.minimumRuns()) {
      return tooFew(shift, noise, "runs of either side", least, settings.minimumRuns());
    }
    double freedom = freedom(noise, before.length + after.length - 2);
    double error = error(noise, before.length, after.length);
    OptionalInt more =
        more(
            after.length,
            n ->
                detectable(
                    error(noise, before.length, n),
                    freedom(noise, before.length + n - 2),
                    settings),
            settings);
    return judged(shift, error, freedom, noise, more, settings);
  }

  /**
   * Compares runs that took turns, A B A B: only the ratio within each pair counts, so that a
   * machine that slows down slows both.
   *
   * @param baseline time of each run A
   * @param candidate time of the run B beside it
   */
  public static RunComparison paired(double[] baseline, double[] candidate, Settings settings) {
    int pairs = Math.min(baseline.length, candidate.length);
    double[] ratios = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      ratios[i] = Math.log(candidate[i] / baseline[i]);
    }
    double shift = PairwiseDifferences.centre(ratios);
    RunNoise noise = RunNoise.ofRatios(ratios);
    int least = Math.max(settings.minimumRuns(), LEAST_PAIRS);
    if (pairs < least) {
      return tooFew(shift, noise, "pairs", pairs, least);
    }
    OptionalInt more =
        more(pairs, n -> detectable(error(noise, n), freedom(noise, n - 1), settings), settings);
    return judged(shift, error(noise, pairs), freedom(noise, pairs - 1), noise, more, settings);
  }

  private static RunComparison tooFew(
      double shift, RunNoise noise, String what, int found, int needed) {
    return new RunComparison(
        new Interval(0, Math.exp(shift), Double.POSITIVE_INFINITY),
        1,
        Double.POSITIVE_INFINITY,
        OptionalInt.of(needed - found),
        noise,
        Verdict.INCONCLUSIVE,
        what + ": at least " + needed + " needed, " + found + " found");
  }

  private static RunComparison judged(
      double shift,
      double error,
      double freedom,
      RunNoise noise,
      OptionalInt moreRuns,
      Settings settings) {
    TDistribution student = new TDistribution(freedom);
    double p = 2 * student.cumulativeProbability(-Math.abs(shift) / error);
    double half = error * student.inverseCumulativeProbability(1 - settings.significance() / 2);
    Interval ratio = new Interval(Math.exp(shift - half), Math.exp(shift), Math.exp(shift + half));
    double effect = detectable(error, freedom, settings);
    Verdict verdict = verdict(shift, p, effect, noise, settings);
    return new RunComparison(
        ratio,
        p,
        effect,
        moreRuns,
        noise,
        verdict,
        reason(verdict, p, effect, noise, moreRuns, settings));
  }

  private static boolean unfit(RunNoise noise, Settings settings) {
    return Math.max(noise.scale(), noise.reach()) > settings.mostNoise();
  }

  private static Verdict verdict(
      double shift, double p, double effect, RunNoise noise, Settings settings) {
    if (unfit(noise, settings)) {
      return Verdict.INCONCLUSIVE;
    }
    double smallest = Math.log1p(settings.smallestChange());
    if (p <= settings.significance() && Math.abs(shift) >= smallest) {
      return shift > 0 ? Verdict.SLOWER : Verdict.FASTER;
    }
    return effect <= settings.detect() ? Verdict.SAME : Verdict.INCONCLUSIVE;
  }

  private static String reason(
      Verdict verdict,
      double p,
      double effect,
      RunNoise noise,
      OptionalInt moreRuns,
      Settings settings) {
    return switch (verdict) {
      case SLOWER, FASTER ->
          String.format(Locale.ROOT, "p = %.2g, limit %s", p, settings.significance());
      case SAME ->
          String.format(
              Locale.ROOT,
              "no change; one of %.1f %% would have been found",
              100 * settings.detect());
      default ->
          unfit(noise, settings)
              ? String.format(
                  Locale.ROOT,
                  "runs differ by %.1f %%, at most %.1f %% allowed: this machine is not fit to"
                      + " measure",
                  100 * Math.max(noise.scale(), noise.reach()),
                  100 * settings.mostNoise())
              : String.format(
                      Locale.ROOT,
                      "runs differ by %.1f %%: only changes from %.1f %% are found, %.1f %% needed;"
                          + " ",
                      100 * noise.scale(),
                      100 * effect,
                      100 * settings.detect())
                  + (moreRuns.isPresent()
                      ? moreRuns.getAsInt()
                          + (moreRuns.getAsInt() == 1
                              ? " more run would tell"
                              : " more runs would tell")
                      : "no number of runs would tell");
    };
  }

  /** The slowing that is found with the power asked for. */
  private static double detectable(double error, double freedom, Settings settings) {
    double critical =
        new TDistribution(freedom).inverseCumulativeProbability(1 - settings.significance() / 2);
    double beyond = new NormalDistribution().inverseCumulativeProbability(settings.power());
    return Math.expm1(error * (critical + beyond));
  }

  /** Runs beyond those there are that find the change; the effect falls with their number. */
  private static OptionalInt more(int have, IntToDoubleFunction effect, Settings settings) {
    if (effect.applyAsDouble(have) <= settings.detect()
        || effect.applyAsDouble(MOST_RUNS) > settings.detect()) {
      return OptionalInt.empty();
    }
    int tooFew = have;
    int enough = MOST_RUNS;
    while (enough - tooFew > 1) {
      int middle = (tooFew + enough) / 2;
      if (effect.applyAsDouble(middle) > settings.detect()) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return OptionalInt.of(enough - have);
  }

  private static double error(RunNoise noise, int before, int after) {
    double parts = 1 / noise.effectiveRuns(before) + 1 / noise.effectiveRuns(after);
    return Math.max(LEAST_ERROR, AGAINST_MEAN * noise.scale() * Math.sqrt(parts));
  }

  private static double error(RunNoise noise, int pairs) {
    double part = 1 / noise.effectiveRuns(pairs);
    return Math.max(LEAST_ERROR, AGAINST_MEAN * noise.scale() * Math.sqrt(part));
  }

  /** Degrees of freedom of the scale: Qn's efficiency, and fewer where runs correlate. */
  private static double freedom(RunNoise noise, int runs) {
    double square = noise.correlation() * noise.correlation();
    return Math.max(LEAST_FREEDOM, QN_EFFICIENCY * runs * (1 - square) / (1 + square));
  }
}
