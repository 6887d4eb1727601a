package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Environment;
import java.util.Optional;

/**
 * The memory speed that a machine's rates are divided by to compare machines.
 *
 * @param gigabytesPerSecond 1e9 bytes a second
 * @param origin measured or specified
 */
public record Roof(double gigabytesPerSecond, Origin origin) {
  /** Where the figure comes from. */
  public enum Origin {
    MEASURED("measured"),
    SPECIFIED("specified by the maker");

    private final String words;

    Origin(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** Measured where it was, else specified, else none. */
  public static Optional<Roof> of(Environment environment) {
    return environment
        .memoryBandwidth()
        .map(b -> new Roof(b.gigabytesPerSecond(), Origin.MEASURED))
        .or(
            () ->
                SpecifiedPeak.of(environment)
                    .map(peak -> new Roof(peak.gigabytesPerSecond(), Origin.SPECIFIED)));
  }

  /** Share of it that a row's declared bytes take; empty without declared bytes or a roof. */
  public static Optional<Interval> share(Row row) {
    return of(row.run().environment())
        .flatMap(
            roof ->
                Throughput.gigabytesPerSecond(row.measurement())
                    .map(rate -> rate.times(1 / roof.gigabytesPerSecond())));
  }
}
