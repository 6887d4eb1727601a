package dev.rocmforge.reports.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.Nanos;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void knownValues() {
    Distribution four = Distribution.of(4, 1, 3, 2);
    assertEquals(2.5, four.median());
    assertEquals(2.5, four.mean());
    assertEquals(1.2909944487358056, four.standardDeviation(), 1e-15);
    assertEquals(1.75, four.percentile(25), 1e-15);
    assertEquals(3.97, four.percentile(99), 1e-12);
    assertEquals(1, four.minimum());
    assertEquals(4, four.maximum());
    assertEquals(7, Distribution.of(Nanos.of(9, 7, 1)).median());
  }

  @Test
  void oneSampleIsAPoint() {
    Distribution one = Distribution.of(5);
    assertEquals(new Interval(5, 5, 5), one.medianInterval(0.95));
    assertEquals(5, one.percentile(99));
    assertEquals(0, one.standardDeviation());
  }

  @Test
  void noSampleAndNoNumberAreRefused() {
    assertThrows(IllegalArgumentException.class, Distribution::of);
    assertThrows(IllegalArgumentException.class, () -> Distribution.of(1, Double.NaN));
  }

  @Test
  void theIntervalIsTheSameAtEveryCallAndInEveryOrder() {
    Interval interval = Distribution.of(1, 2, 3, 4, 5, 9).medianInterval(0.95);
    assertEquals(interval, Distribution.of(9, 5, 4, 3, 2, 1).medianInterval(0.95));
  }

  /** The true median of 0 lies inside about 95 of 100 intervals of 10 normal samples. */
  @Test
  void theIntervalCoversTheMedian() {
    Random random = new Random(1);
    int covered = 0;
    int trials = 300;
    for (int t = 0; t < trials; t++) {
      double[] samples = DoubleStream.generate(random::nextGaussian).limit(10).toArray();
      Interval interval = Distribution.of(samples).medianInterval(0.95);
      covered += interval.low() <= 0 && 0 <= interval.high() ? 1 : 0;
    }
    assertTrue(covered > 0.90 * trials && covered < 0.99 * trials, "covered " + covered);
  }

  @Test
  void aRateSwapsTheEnds() {
    assertEquals(new Interval(2, 4, 8), new Interval(1, 2, 4).under(8));
    assertEquals(0.75, new Interval(1, 2, 4).relativeHalfWidth());
  }
}
