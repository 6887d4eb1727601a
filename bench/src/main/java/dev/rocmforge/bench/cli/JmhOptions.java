package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.jmh.JmhPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** {@code --jmh} and what goes with it. */
final class JmhOptions {
  private static final int ITERATIONS = 5;
  private static final int WARM_UPS = 5;

  @Option(
      names = "--jmh",
      paramLabel = "REGEX",
      description =
          "Measure single operations under JMH instead: those whose Class.method it is a part of;"
              + " -r and --warmup count iterations.")
  private String pattern;

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE[,VALUE]",
      description = "With --jmh: only these values of a parameter (default: its whole table).")
  private Map<String, String> parameters = Map.of();

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --jmh: JVMs for each benchmark (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Option(
      names = "--iteration-ms",
      paramLabel = "N",
      defaultValue = "400",
      description = "With --jmh: how long an iteration lasts (default: ${DEFAULT-VALUE}).")
  private int iterationMillis;

  boolean wanted() {
    return pattern != null;
  }

  String pattern() {
    return pattern;
  }

  JmhPlan plan(BenchOptions options) {
    Map<String, List<String>> values =
        parameters.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, e -> Arrays.asList(e.getValue().split(",", -1))));
    return new JmhPlan(
        pattern,
        values,
        options.backend().choice().kind().label(),
        options.mostThreads(),
        options.atLeast(1, forks, "--forks"),
        options.askedWarmUp().orElse(WARM_UPS),
        options.askedRepetitions().orElse(ITERATIONS),
        options.atLeast(1, iterationMillis, "--iteration-ms"));
  }
}
