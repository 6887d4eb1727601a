package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was different about a run, in words, from what its record and its neighbours' hold. */
public final class OutlierReasons {
  private static final double MORE_LOAD = 0.5;
  private static final double LESS_BANDWIDTH = 0.9;

  private OutlierReasons() {}

  /**
   * Every recorded circumstance in which a run differs from the others; empty where the records
   * tell of none.
   *
   * @param others runs of the same workload on the same machine, the run itself may be among them
   */
  public static List<String> of(RunRecord run, List<RunRecord> others) {
    List<String> reasons = new ArrayList<>();
    load(run, others).ifPresent(reasons::add);
    bandwidth(run, others).ifPresent(reasons::add);
    differs("JVM", r -> r.environment().jvm(), run, others).ifPresent(reasons::add);
    differs("JVM flags", r -> String.join(" ", r.environment().jvmFlags()), run, others)
        .ifPresent(reasons::add);
    differs("system", r -> r.environment().os(), run, others).ifPresent(reasons::add);
    differs("host", r -> r.environment().host(), run, others).ifPresent(reasons::add);
    differs("variables", r -> r.environment().variables().toString(), run, others)
        .ifPresent(reasons::add);
    differs("driver", OutlierReasons::driver, run, others).ifPresent(reasons::add);
    differs("build", r -> r.subject().build().gitCommit().orElse("unknown"), run, others)
        .ifPresent(reasons::add);
    return reasons;
  }

  private static String driver(RunRecord run) {
    return run.environment()
        .device()
        .map(device -> device.runtimeVersion() + " / " + device.driverVersion())
        .orElse("none");
  }

  private static Optional<String> load(RunRecord run, List<RunRecord> others) {
    double[] loads =
        others.stream()
            .filter(other -> other.environment().loadAverage().isPresent())
            .mapToDouble(other -> other.environment().loadAverage().getAsDouble())
            .toArray();
    if (loads.length == 0 || run.environment().loadAverage().isEmpty()) {
      return Optional.empty();
    }
    double usual = PairwiseDifferences.median(loads);
    double found = run.environment().loadAverage().getAsDouble();
    return found >= usual + MORE_LOAD
        ? Optional.of(String.format(Locale.ROOT, "load %.2f, usually %.2f", found, usual))
        : Optional.empty();
  }

  private static Optional<String> bandwidth(RunRecord run, List<RunRecord> others) {
    double[] rates =
        others.stream()
            .flatMap(other -> other.environment().memoryBandwidth().stream())
            .mapToDouble(Environment.Bandwidth::gigabytesPerSecond)
            .toArray();
    if (rates.length == 0 || run.environment().memoryBandwidth().isEmpty()) {
      return Optional.empty();
    }
    double usual = PairwiseDifferences.median(rates);
    double found = run.environment().memoryBandwidth().orElseThrow().gigabytesPerSecond();
    return found < LESS_BANDWIDTH * usual
        ? Optional.of(
            String.format(
                Locale.ROOT, "memory bandwidth %.1f GB/s, usually %.1f GB/s", found, usual))
        : Optional.empty();
  }

  /** A circumstance that most of the others share and this run does not. */
  private static Optional<String> differs(
      String name, Function<RunRecord, String> value, RunRecord run, List<RunRecord> others) {
    Map<String, Long> counts =
        others.stream().collect(Collectors.groupingBy(value, Collectors.counting()));
    String found = value.apply(run);
    return counts.entrySet().stream()
        .filter(entry -> 2 * entry.getValue() > others.size())
        .map(Map.Entry::getKey)
        .filter(usual -> !Objects.equals(usual, found))
        .findFirst()
        .map(usual -> name + " " + found + ", usually " + usual);
  }
}
