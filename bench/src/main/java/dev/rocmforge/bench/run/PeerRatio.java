package dev.rocmforge.bench.run;

import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.RunComparison;
import dev.rocmforge.reports.stats.Throughput;

/**
 * Our speed over a peer's from runs that took turns, ours first and last: A B A B A. Each B is held
 * against the geometric mean of the two A beside it, so that a machine that slows down evenly
 * changes no ratio.
 *
 * @param speed ours over the peer's with its interval at 95 %; above 1 we are faster
 * @param fewest fewer turns than {@value #LEAST_TURNS} have no interval
 */
public record PeerRatio(Interval speed, boolean fewest) {
  /** Of fewer ratios the spread is not known. */
  public static final int LEAST_TURNS = 8;

  private static final RunComparison.Settings SETTINGS =
      new RunComparison.Settings(1 - Throughput.CONFIDENCE, 0.95, 0.01, 0.05, LEAST_TURNS, 0.2);

  /**
   * @param ours one more than {@code theirs}
   * @param theirs each between two of ours
   */
  public static PeerRatio of(Nanos ours, Nanos theirs) {
    if (ours.size() != theirs.size() + 1) {
      throw new AssertionError(ours.size() + " runs of ours around " + theirs.size());
    }
    double[] around = new double[theirs.size()];
    double[] between = new double[theirs.size()];
    for (int i = 0; i < around.length; i++) {
      around[i] = Math.sqrt((double) ours.get(i) * ours.get(i + 1));
      between[i] = theirs.get(i);
    }
    return new PeerRatio(
        RunComparison.paired(around, between, SETTINGS).ratio(), around.length < LEAST_TURNS);
  }
}
