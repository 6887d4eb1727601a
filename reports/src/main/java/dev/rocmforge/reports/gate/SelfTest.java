package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.stats.ChangePoints;
import dev.rocmforge.reports.stats.RunComparison;
import dev.rocmforge.reports.stats.SimulatedRuns;
import dev.rocmforge.reports.stats.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * The gate's own test: series of runs of unchanged code, real or simulated, are cut into a baseline
 * and a candidate, changes are planted, and the verdicts counted. The same seed plants the same.
 *
 * @param baselineRuns of each trial
 * @param candidateRuns of each trial
 * @param trials of each row
 * @param seed of all of them
 * @param settings that the gate judges by
 */
public record SelfTest(
    int baselineRuns, int candidateRuns, int trials, long seed, RunComparison.Settings settings) {
  /** Planted slowings: 0.05 is 5 %. */
  public static final List<Double> STEPS = List.of(0.005, 0.01, 0.02, 0.05, 0.10);

  /** Planted drifts, over the whole series from the first run of the baseline on. */
  public static final List<Double> DRIFTS = List.of(0.05, 0.10);

  private static final double SPIKE = 1.5;
  private static final double FIXED_THRESHOLD = 0.05;

  /** Change points take long: one history for so many trials. */
  private static final int HISTORIES = 10;

  /** Neighbours stay together in draws from a recorded series: as many as carry a correlation. */
  private static final int BLOCK = 20;

  /**
   * What was counted, as shares of the trials.
   *
   * @param name of the series
   * @param alarms slower or faster though nothing changed
   * @param inconclusive where nothing changed
   * @param detected slower, for each of {@link #STEPS}
   * @param drifts slower, for each of {@link #DRIFTS}
   * @param spikeAlarms slower or faster after one run of the candidate took half as long again
   * @param fixedAlarms what a threshold of 5 % on the ratio of means says where nothing changed
   * @param fixedDetected what it says of a step of 5 %
   * @param points histories in which a change point is found where nothing changed, after a step of
   *     5 % and in a drift of 10 %; of a tenth of the trials
   * @param meanDetectable mean of the detectable effects that stood beside the verdicts
   */
  public record Counts(
      String name,
      double alarms,
      double inconclusive,
      List<Double> detected,
      List<Double> drifts,
      double spikeAlarms,
      double fixedAlarms,
      double fixedDetected,
      List<Double> points,
      double meanDetectable) {}

  /** On simulated runs. */
  public Counts simulated(SimulatedRuns runs) {
    String name =
        "noise %s %%, correlation %s, spikes %s %%"
            .formatted(
                Math.round(100 * runs.noise()),
                runs.correlation(),
                Math.round(100 * runs.spikes()));
    return count(name, random -> runs.draw(baselineRuns + candidateRuns, random));
  }

  /**
   * On recorded runs: each trial is put together from blocks of neighbouring runs, drawn with
   * replacement (Künsch, 1989), so that a few dozen runs give many series of the same noise.
   *
   * @param nanos time of each recorded run in order; at least a block
   */
  public Counts recorded(String name, double[] nanos) {
    if (nanos.length < BLOCK) {
      throw new IllegalArgumentException(
          name + ": at least " + BLOCK + " runs needed, " + nanos.length + " found");
    }
    return count(name, random -> blocks(nanos, random));
  }

  private double[] blocks(double[] nanos, Random random) {
    double[] drawn = new double[baselineRuns + candidateRuns];
    for (int at = 0; at < drawn.length; at += BLOCK) {
      int from = random.nextInt(nanos.length - BLOCK + 1);
      System.arraycopy(nanos, from, drawn, at, Math.min(BLOCK, drawn.length - at));
    }
    return drawn;
  }

  /**
   * Verdicts on the recorded order itself: every stretch of baseline and candidate that the series
   * holds, overlapping.
   *
   * @return slower or faster, and all; 0 of 0 for a series that is too short
   */
  public int[] windows(double[] nanos) {
    int length = baselineRuns + candidateRuns;
    int alarms = 0;
    int all = 0;
    for (int from = 0; from + length <= nanos.length; from++) {
      double[] window = Arrays.copyOfRange(nanos, from, from + length);
      alarms += changed(judge(window).verdict()) ? 1 : 0;
      all++;
    }
    return new int[] {alarms, all};
  }

  private Counts count(String name, Function<Random, double[]> series) {
    Random random = new Random(seed);
    double[] counted = new double[5];
    double effects = 0;
    double[] steps = new double[STEPS.size()];
    double[] drifts = new double[DRIFTS.size()];
    for (int t = 0; t < trials; t++) {
      double[] runs = series.apply(random);
      RunComparison unchanged = judge(runs);
      counted[0] += changed(unchanged.verdict()) ? 1 : 0;
      counted[1] += unchanged.verdict() == Verdict.INCONCLUSIVE ? 1 : 0;
      counted[2] += changed(judge(spiked(runs, random)).verdict()) ? 1 : 0;
      double ratio = ratioOfMeans(runs);
      counted[3] += Math.abs(ratio - 1) > FIXED_THRESHOLD ? 1 : 0;
      counted[4] += ratio * (1 + FIXED_THRESHOLD) > 1 + FIXED_THRESHOLD ? 1 : 0;
      for (int i = 0; i < steps.length; i++) {
        steps[i] += slower(stepped(runs, STEPS.get(i)));
      }
      for (int i = 0; i < drifts.length; i++) {
        drifts[i] += slower(drifting(runs, DRIFTS.get(i)));
      }
      effects += unchanged.minimumDetectableEffect();
    }
    return new Counts(
        name,
        counted[0] / trials,
        counted[1] / trials,
        shares(steps),
        shares(drifts),
        counted[2] / trials,
        counted[3] / trials,
        counted[4] / trials,
        points(series),
        effects / trials);
  }

  private List<Double> points(Function<Random, double[]> series) {
    Random random = new Random(seed);
    int histories = Math.max(1, trials / HISTORIES);
    double[] found = new double[3];
    for (int t = 0; t < histories; t++) {
      double[] runs = series.apply(random);
      found[0] += pointed(runs);
      found[1] += pointed(stepped(runs, FIXED_THRESHOLD));
      found[2] += pointed(drifting(runs, DRIFTS.getLast()));
    }
    return Arrays.stream(found).mapToObj(count -> count / histories).toList();
  }

  private static double pointed(double[] runs) {
    return ChangePoints.of(runs, ChangePoints.Settings.DEFAULT).isEmpty() ? 0 : 1;
  }

  private List<Double> shares(double[] counts) {
    List<Double> shares = new ArrayList<>();
    for (double count : counts) {
      shares.add(count / trials);
    }
    return shares;
  }

  private RunComparison judge(double[] runs) {
    return RunComparison.of(
        Arrays.copyOf(runs, baselineRuns),
        Arrays.copyOfRange(runs, baselineRuns, runs.length),
        settings);
  }

  private double slower(double[] runs) {
    return judge(runs).verdict() == Verdict.SLOWER ? 1 : 0;
  }

  private static boolean changed(Verdict verdict) {
    return verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
  }

  private double[] stepped(double[] runs, double step) {
    double[] changed = runs.clone();
    for (int i = baselineRuns; i < changed.length; i++) {
      changed[i] *= 1 + step;
    }
    return changed;
  }

  private static double[] drifting(double[] runs, double drift) {
    double[] changed = runs.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] *= 1 + drift * i / (changed.length - 1);
    }
    return changed;
  }

  private double[] spiked(double[] runs, Random random) {
    double[] changed = runs.clone();
    changed[baselineRuns + random.nextInt(candidateRuns)] *= SPIKE;
    return changed;
  }

  private double ratioOfMeans(double[] runs) {
    return Arrays.stream(runs, baselineRuns, runs.length).average().orElseThrow()
        / Arrays.stream(runs, 0, baselineRuns).average().orElseThrow();
  }
}
