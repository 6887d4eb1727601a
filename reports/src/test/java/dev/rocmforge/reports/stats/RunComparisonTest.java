package dev.rocmforge.reports.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunComparisonTest {
  private static final RunComparison.Settings SETTINGS = RunComparison.Settings.DEFAULT;

  /** {@code -Drocmforge.trials=20000} makes it as many as docs/gate.md reports. */
  private static final int TRIALS = Integer.getInteger("rocmforge.trials", 1000);

  /**
   * Shares of simulated trials.
   *
   * @param alarms verdicts slower or faster where nothing changed
   * @param found verdicts slower after a step of 5 %
   */
  private record Rates(double alarms, double found, double fixedAlarms, double fixedFound) {
    static Rates of(SimulatedRuns runs, int before, int after) {
      Random random = new Random(17);
      int alarms = 0;
      int found = 0;
      int fixedAlarms = 0;
      int fixedFound = 0;
      for (int i = 0; i < TRIALS; i++) {
        double[] all = runs.draw(before + after, random);
        double[] baseline = Arrays.copyOf(all, before);
        double[] same = Arrays.copyOfRange(all, before, all.length);
        double[] slower = Arrays.stream(same).map(nanos -> 1.05 * nanos).toArray();
        alarms += changed(RunComparison.of(baseline, same, SETTINGS).verdict()) ? 1 : 0;
        found += RunComparison.of(baseline, slower, SETTINGS).verdict() == Verdict.SLOWER ? 1 : 0;
        double ratio = mean(same) / mean(baseline);
        fixedAlarms += Math.abs(ratio - 1) > 0.05 ? 1 : 0;
        fixedFound += 1.05 * ratio > 1.05 ? 1 : 0;
      }
      double n = TRIALS;
      return new Rates(alarms / n, found / n, fixedAlarms / n, fixedFound / n);
    }

    private static double mean(double[] values) {
      return Arrays.stream(values).average().orElseThrow();
    }
  }

  private static boolean changed(Verdict verdict) {
    return verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
  }

  /** The promise of the gate. Its power is tight: 1000 trials know it to 0.7 %. */
  @Test
  void falseAlarmsAreRareAndAStepOfFivePercentIsFound() {
    double power = 0.95 - 1.4 * Math.sqrt(0.95 * 0.05 / TRIALS);
    for (double correlation : new double[] {0, 0.3}) {
      for (double spikes : new double[] {0, 0.05}) {
        Rates quiet = rates(0.02, correlation, spikes, 50);
        assertTrue(quiet.alarms() <= 0.01 && quiet.found() >= power, quiet::toString);
        assertTrue(quiet.found() > quiet.fixedFound(), quiet::toString);
        Rates noisy = rates(0.1, correlation, spikes, 50);
        assertTrue(noisy.alarms() <= 0.01, noisy::toString);
        assertTrue(noisy.alarms() < noisy.fixedAlarms() / 10, noisy::toString);
        Rates few = rates(0.02, correlation, spikes, 10);
        assertTrue(few.alarms() <= 0.012 && few.found() > 0.5, few::toString);
      }
    }
  }

  private static Rates rates(double noise, double correlation, double spikes, int before) {
    Rates rates = Rates.of(new SimulatedRuns(noise, correlation, spikes), before, 10);
    System.out.printf(
        Locale.ROOT,
        "noise %.0f %%, correlation %.1f, spikes %.0f %%, 10 against %d, %d trials: false alarms"
            + " %.2f %% (fixed %.2f %%), power %.1f %% (fixed %.1f %%)%n",
        100 * noise,
        correlation,
        100 * spikes,
        before,
        TRIALS,
        100 * rates.alarms(),
        100 * rates.fixedAlarms(),
        100 * rates.found(),
        100 * rates.fixedFound());
    return rates;
  }

  @Test
  void theDetectableEffectIsWhatIsDetected() {
    Random random = new Random(23);
    int found = 0;
    for (int i = 0; i < TRIALS; i++) {
      double[] all = new SimulatedRuns(0.02, 0.1, 0).draw(60, random);
      double[] baseline = Arrays.copyOf(all, 50);
      double[] after = Arrays.copyOfRange(all, 50, 60);
      double effect = RunComparison.of(baseline, after, SETTINGS).minimumDetectableEffect();
      double[] slower = Arrays.stream(after).map(nanos -> (1 + effect) * nanos).toArray();
      found += RunComparison.of(baseline, slower, SETTINGS).verdict() == Verdict.SLOWER ? 1 : 0;
    }
    assertTrue(found > 0.93 * TRIALS && found < TRIALS, found + " of " + TRIALS);
  }

  @Test
  void aMachineThatSlowsDownSlowsBothOfAPair() {
    Random random = new Random(29);
    int alarms = 0;
    int found = 0;
    for (int i = 0; i < TRIALS; i++) {
      double[] all = new SimulatedRuns(0.02, 0.3, 0.05).draw(40, random);
      double[] a = new double[20];
      double[] b = new double[20];
      for (int pair = 0; pair < 20; pair++) {
        a[pair] = all[2 * pair] * (1 + 0.05 * pair);
        b[pair] = all[2 * pair + 1] * (1 + 0.05 * pair);
      }
      alarms += changed(RunComparison.paired(a, b, SETTINGS).verdict()) ? 1 : 0;
      double[] slower = Arrays.stream(b).map(nanos -> 1.05 * nanos).toArray();
      found += RunComparison.paired(a, slower, SETTINGS).verdict() == Verdict.SLOWER ? 1 : 0;
    }
    assertTrue(alarms <= 0.01 * TRIALS, alarms + " of " + TRIALS);
    assertTrue(found > 0.95 * TRIALS, found + " of " + TRIALS);
  }

  @Test
  void everyVerdictSaysWhy() {
    double[] base = new SimulatedRuns(0.01, 0, 0).draw(50, new Random(1));
    double[] like = new SimulatedRuns(0.01, 0, 0).draw(10, new Random(2));
    RunComparison same = RunComparison.of(base, like, SETTINGS);
    assertEquals(Verdict.SAME, same.verdict());
    assertEquals(OptionalInt.empty(), same.moreRuns());
    double[] halved = Arrays.stream(like).map(nanos -> nanos / 2).toArray();
    RunComparison faster = RunComparison.of(base, halved, SETTINGS);
    assertEquals(Verdict.FASTER, faster.verdict());
    assertTrue(faster.ratio().low() < 0.5 && faster.ratio().high() > 0.49, faster::toString);
    RunComparison few = RunComparison.of(base, new double[] {2e9, 2e9}, SETTINGS);
    assertEquals(Verdict.INCONCLUSIVE, few.verdict());
    assertTrue(few.reason().contains("at least 5 needed, 2 found"), few.reason());
    assertEquals(OptionalInt.of(3), few.moreRuns());
    double[] noisy = new SimulatedRuns(0.1, 0, 0).draw(50, new Random(3));
    double[] alike = new SimulatedRuns(0.1, 0, 0).draw(10, new Random(4));
    RunComparison loud = RunComparison.of(noisy, alike, SETTINGS);
    assertEquals(Verdict.INCONCLUSIVE, loud.verdict());
    assertTrue(loud.minimumDetectableEffect() > 0.1, loud::toString);
    double[] wild = new SimulatedRuns(0.4, 0, 0).draw(50, new Random(3));
    double[] slow = Arrays.stream(wild).limit(10).map(nanos -> 9 * nanos).toArray();
    RunComparison unfit = RunComparison.of(wild, slow, SETTINGS);
    assertEquals(Verdict.INCONCLUSIVE, unfit.verdict());
    assertTrue(unfit.reason().contains("not fit to measure"), unfit.reason());
    RunComparison six = RunComparison.of(base, Arrays.copyOf(like, 5), strict(0.015));
    assertEquals(Verdict.INCONCLUSIVE, six.verdict());
    int more = six.moreRuns().orElseThrow();
    double[] longer = new SimulatedRuns(0.01, 0, 0).draw(5 + 2 * more, new Random(6));
    assertEquals(Verdict.SAME, RunComparison.of(base, longer, strict(0.015)).verdict());
  }

  private static RunComparison.Settings strict(double detect) {
    return new RunComparison.Settings(0.005, 0.95, 0.01, detect, 5, 0.2);
  }

  @Test
  void equalTimesOfAllRunsHaveNoSpread() {
    double[] equal = new double[10];
    Arrays.fill(equal, 7);
    assertEquals(Verdict.SAME, RunComparison.of(equal, equal, SETTINGS).verdict());
    double[] slower = new double[10];
    Arrays.fill(slower, 8);
    assertEquals(Verdict.SLOWER, RunComparison.of(equal, slower, SETTINGS).verdict());
  }

  @Test
  void correlationIsLearntWhereThereAreEnoughRuns() {
    Random random = new Random(5);
    double few = RunNoise.of(new SimulatedRuns(0.02, 0, 0).draw(4, random)).correlation();
    assertEquals(RunNoise.UNKNOWN_CORRELATION, few, 0.12);
    double none = RunNoise.of(new SimulatedRuns(0.02, 0, 0).draw(2000, random)).correlation();
    assertEquals(0, none, 0.06);
    RunNoise much = RunNoise.of(new SimulatedRuns(0.02, 0.7, 0.05).draw(2000, random));
    assertTrue(much.correlation() > 0.5, much::toString);
    assertEquals(0.02, much.scale(), 0.003);
    assertEquals(10, new RunNoise(1, 1, 0, 9).effectiveRuns(10), 1e-12);
    assertTrue(much.effectiveRuns(10) < 4, much::toString);
  }
}
