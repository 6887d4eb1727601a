package dev.rocmforge.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.Nanos;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PeerRatioTest {
  /** A machine that slows down by 5 % a turn, a peer that takes 1.5 times as long. */
  @Test
  void anEvenDriftChangesNoRatio() {
    Random random = new Random(1);
    int turns = 12;
    long[] ours = new long[turns + 1];
    long[] theirs = new long[turns];
    for (int i = 0; i <= turns; i++) {
      ours[i] = time(1e8, i, random);
      if (i < turns) {
        theirs[i] = time(1.5e8, i + 0.5, random);
      }
    }
    PeerRatio ratio = PeerRatio.of(Nanos.of(ours), Nanos.of(theirs));
    assertEquals(1.5, ratio.speed().middle(), 0.02);
    assertTrue(ratio.speed().low() <= 1.5 && 1.5 <= ratio.speed().high(), ratio::toString);
    assertTrue(ratio.speed().relativeHalfWidth() < 0.03, ratio::toString);
  }

  private static long time(double nanos, double turn, Random random) {
    return Math.round(nanos * Math.pow(1.05, turn) * Math.exp(0.01 * random.nextGaussian()));
  }

  @Test
  void fewTurnsHaveARatioAndNoInterval() {
    PeerRatio ratio = PeerRatio.of(Nanos.of(2, 2, 2), Nanos.of(4, 4));
    assertTrue(ratio.fewest());
    assertEquals(2, ratio.speed().middle(), 1e-12);
    assertEquals(Double.POSITIVE_INFINITY, ratio.speed().high());
  }

  @Test
  void turnsThatDoNotInterleaveAreABug() {
    Nanos two = Nanos.of(LongStream.of(1, 2).toArray());
    assertThrows(AssertionError.class, () -> PeerRatio.of(two, two));
  }
}
