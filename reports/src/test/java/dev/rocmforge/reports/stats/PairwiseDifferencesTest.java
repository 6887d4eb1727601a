package dev.rocmforge.reports.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairwiseDifferencesTest {
  /** Qn as it is defined, over all pairs; equal to the last bit. */
  @Test
  void theScaleIsThatOfAllPairs() {
    var random = new Random(3);
    for (int n = 2; n < 80; n++) {
      double[] values = new double[n];
      for (int i = 0; i < n; i++) {
        // Some alike, some wild.
        values[i] = i % 7 == 3 ? 0.25 : random.nextGaussian() * (i % 11 == 5 ? 1e6 : 1);
      }
      double[] distances = new double[n * (n - 1) / 2];
      int at = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          distances[at++] = Math.abs(values[i] - values[j]);
        }
      }
      Arrays.sort(distances);
      int half = n / 2 + 1;
      double few = n % 2 == 1 ? n / (n + 1.4) : n / (n + 3.8);
      assertEquals(
          2.2219 * few * distances[half * (half - 1) / 2 - 1], PairwiseDifferences.scale(values));
    }
    assertEquals(0, PairwiseDifferences.scale(new double[] {4, 4, 4}));
    assertEquals(0, PairwiseDifferences.scale(new double[] {4}));
  }

  /** Five thousand million pairs: 40 GB if they were kept. */
  @Test
  void aLongHistoryFits() {
    double[] values = new Random(4).doubles(100_000).toArray();
    double scale = assertTimeout(Duration.ofMinutes(1), () -> PairwiseDifferences.scale(values));
    // Of the uniform distribution: a quarter of all distances are below 1 - sqrt(3 / 4).
    assertEquals(2.2219 * (1 - Math.sqrt(0.75)), scale, 0.01);
  }
}
