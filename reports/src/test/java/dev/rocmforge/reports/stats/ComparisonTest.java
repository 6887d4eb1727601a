package dev.rocmforge.reports.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Comparison.Settings SETTINGS = Comparison.Settings.DEFAULT;

  /** Published critical values: two samples of 5 wholly apart have p = 2/252, of 3 p = 2/20. */
  @Test
  void theExactTestKnowsSmallSamples() {
    assertEquals(2 / 252.0, p(new double[] {1, 2, 3, 4, 5}, new double[] {6, 7, 8, 9, 10}), 1e-15);
    assertEquals(2 / 20.0, p(new double[] {1, 2, 3}, new double[] {6, 7, 8}), 1e-15);
    assertEquals(4 / 20.0, p(new double[] {1, 2, 6}, new double[] {3, 7, 8}), 1e-15);
    assertEquals(1, p(new double[] {1, 4}, new double[] {2, 3}), 1e-15);
    assertEquals(2 / 15.0, p(new double[] {1, 2}, new double[] {3, 4, 5, 6}), 1e-15);
  }

  @Test
  void theExactTestAgreesWithAllArrangements() {
    Random random = new Random(3);
    for (int trial = 0; trial < 20; trial++) {
      double[] all = DoubleStream.generate(random::nextGaussian).limit(9).toArray();
      double[] before = java.util.Arrays.copyOfRange(all, 0, 5);
      double[] after = java.util.Arrays.copyOfRange(all, 5, 9);
      assertEquals(enumerated(all, u(before, after)), p(before, after), 1e-12);
    }
  }

  @Test
  void aClearStepIsSeenBothWays() {
    Distribution before = series(1, 1.0, 10);
    Distribution after = series(2, 1.10, 10);
    assertEquals(Verdict.SLOWER, Comparison.of(before, after, SETTINGS).verdict());
    assertEquals(Verdict.FASTER, Comparison.of(after, before, SETTINGS).verdict());
  }

  @Test
  void manyEqualSamplesAreTheSameAndFewAreInconclusive() {
    assertEquals(
        Verdict.SAME,
        Comparison.of(series(1, 1.0, 200), series(2, 1.001, 200), SETTINGS).verdict());
    assertEquals(
        Verdict.INCONCLUSIVE,
        Comparison.of(series(1, 1.0, 3), series(2, 1.05, 3), SETTINGS).verdict());
    Distribution constant = Distribution.of(5, 5, 5, 5);
    assertEquals(Verdict.SAME, Comparison.of(constant, constant, SETTINGS).verdict());
  }

  @Test
  void falseAlarmsAreRare() {
    int alarms = 0;
    for (long seed = 0; seed < 200; seed++) {
      Verdict verdict =
          Comparison.of(series(2 * seed, 1, 10), series(2 * seed + 1, 1, 10), SETTINGS).verdict();
      alarms += verdict == Verdict.SLOWER || verdict == Verdict.FASTER ? 1 : 0;
    }
    assertTrue(alarms <= 2, "alarms " + alarms + " of 200");
  }

  private static double p(double[] before, double[] after) {
    return Comparison.of(Distribution.of(before), Distribution.of(after), SETTINGS).pValue();
  }

  private static Distribution series(long seed, double middle, int count) {
    Random random = new Random(seed);
    return Distribution.of(
        DoubleStream.generate(() -> middle * (1 + 0.02 * random.nextGaussian()))
            .limit(count)
            .toArray());
  }

  private static int u(double[] before, double[] after) {
    int u = 0;
    for (double a : after) {
      for (double b : before) {
        u += a > b ? 1 : 0;
      }
    }
    return u;
  }

  /** Two-sided p-value by going through all 126 ways to take 4 of 9 samples. */
  private static double enumerated(double[] all, int observed) {
    int smaller = Math.min(observed, 20 - observed);
    int arrangements = 0;
    int lopsided = 0;
    for (int mask = 0; mask < 512; mask++) {
      if (Integer.bitCount(mask) == 4) {
        int chosen = mask;
        double[] after =
            java.util.stream.IntStream.range(0, 9)
                .filter(i -> (chosen >> i & 1) == 1)
                .mapToDouble(i -> all[i])
                .toArray();
        double[] before =
            java.util.stream.IntStream.range(0, 9)
                .filter(i -> (chosen >> i & 1) == 0)
                .mapToDouble(i -> all[i])
                .toArray();
        arrangements++;
        lopsided += u(before, after) <= smaller ? 1 : 0;
      }
    }
    return Math.min(1, 2.0 * lopsided / arrangements);
  }
}
