package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import java.util.Optional;

/** Rates computed from the raw samples of a measurement; nothing of it is ever stored. */
public final class Throughput {
  /** Of every interval shown. */
  public static final double CONFIDENCE = 0.95;

  private static final double NANOS_PER_SECOND = 1e9;

  private Throughput() {}

  /**
   * Tokens a second: tokens of a repetition over the median time of the repetitions, with the 95 %
   * bootstrap interval of that median. Empty where no repetition was finished.
   */
  public static Optional<Interval> tokensPerSecond(Measurement measurement) {
    if (measurement.samples().repetitions().isEmpty()) {
      return Optional.empty();
    }
    Interval nanos = Distribution.of(measurement.samples().totalNanos()).medianInterval(CONFIDENCE);
    return Optional.of(nanos.under(measurement.tokensPerRepetition() * NANOS_PER_SECOND));
  }

  /** Declared bytes moved a second in GB/s (1e9 bytes a second), where the bytes are declared. */
  public static Optional<Interval> gigabytesPerSecond(Measurement measurement) {
    return measurement
        .traffic()
        .flatMap(
            t -> tokensPerSecond(measurement).map(rate -> rate.times(t.bytesPerToken() / 1e9)));
  }

  /** Declared bytes a second over the memory bandwidth measured on the same machine; 1 is all. */
  public static Optional<Interval> bandwidthShare(
      Measurement measurement, Environment environment) {
    return environment
        .memoryBandwidth()
        .flatMap(
            b -> gigabytesPerSecond(measurement).map(r -> r.times(1 / b.gigabytesPerSecond())));
  }
}
