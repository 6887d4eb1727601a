package dev.rocmforge.reports.stats;

import java.util.Random;

/**
 * Times of runs of the same code with the noise that real machines show: normal noise from run to
 * run, alike in neighbouring runs, and now and then a run that something else slowed.
 *
 * @param noise standard deviation relative to the time: 0.02 is 2 %
 * @param correlation of neighbouring runs (a first-order autoregression)
 * @param spikes share of runs that are slowed by 10 to 50 %
 */
public record SimulatedRuns(double noise, double correlation, double spikes) {
  private static final double NANOS = 1e9;
  private static final double LEAST_SPIKE = 0.1;
  private static final double SPIKE_RANGE = 0.4;
  private static final double LEAST_TIME = 0.1;

  /** Times in nanoseconds of so many runs in order; a new series with every call. */
  public double[] draw(int runs, Random random) {
    double[] nanos = new double[runs];
    double state = random.nextGaussian();
    double innovation = Math.sqrt(1 - correlation * correlation);
    for (int i = 0; i < runs; i++) {
      state = i == 0 ? state : correlation * state + innovation * random.nextGaussian();
      nanos[i] = NANOS * Math.max(LEAST_TIME, 1 + noise * state);
      if (random.nextDouble() < spikes) {
        nanos[i] *= 1 + LEAST_SPIKE + SPIKE_RANGE * random.nextDouble();
      }
    }
    return nanos;
  }
}
