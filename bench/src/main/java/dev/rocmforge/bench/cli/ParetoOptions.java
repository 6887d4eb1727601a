package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.pareto.ParetoPlan;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.convert.TensorForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What {@code pareto} searches and within which budget. */
final class ParetoOptions {
  /** One of both. */
  static final class Budget {
    @Option(
        names = "--max-bytes-per-weight",
        paramLabel = "B",
        description = "best.rfm is the nearest model of at most so many bytes a weight.")
    private Double bytesPerWeight;

    @Option(
        names = "--max-divergence",
        paramLabel = "NATS",
        description = "best.rfm is the smallest model at most so far from the source.")
    private Double nats;
  }

  @ArgGroup(exclusive = true)
  private Budget budget;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The text, UTF-8 (default: datasets/golden/models/heldout.txt).")
  private Path file;

  @Option(
      names = "--forms",
      paramLabel = "FORM",
      split = ",",
      defaultValue = "Q8_0,Q6_K,Q5_K,Q5_1,Q5_0,Q4_K,Q4_1,Q4_0,Mq6,Mq4",
      description = {
        "Forms that a tensor may take: types, Mq4, Mq6, svdN (factors of rank N and Q4_0),",
        "csr0.N (so much of the values), svdN+csr0.N, mpoN (default: ${DEFAULT-VALUE}).",
        "Factors and sparse rows are measured tensor by tensor, which takes time."
      })
  private List<String> forms;

  @Option(
      names = "--points",
      paramLabel = "N",
      defaultValue = "16",
      description = "Points of the frontier, at least (default: ${DEFAULT-VALUE}).")
  private int points;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of a window; windows know nothing of each other.")
  private int window;

  @Option(
      names = "--calibration-windows",
      paramLabel = "N",
      defaultValue = "1",
      description = "Windows that single tensors are measured on (default: ${DEFAULT-VALUE}).")
  private int calibrationWindows;

  @Option(
      names = "--windows",
      paramLabel = "N",
      defaultValue = "6",
      description = "Other windows, that points are measured on (default: ${DEFAULT-VALUE}).")
  private int windows;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the choice of windows (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--most-nats",
      paramLabel = "N",
      defaultValue = "1",
      description = "Predicted divergence at which the search ends (default: ${DEFAULT-VALUE}).")
  private double mostNats;

  @Option(
      names = "--speed",
      paramLabel = "STEPS",
      defaultValue = "0",
      description = "Time so many decode steps of each point of the frontier (default: none).")
  private int speed;

  ParetoPlan plan() {
    return new ParetoPlan(
        seed,
        window,
        calibrationWindows,
        windows,
        points,
        forms.stream().map(TensorForm::parse).distinct().toList(),
        mostNats);
  }

  int speed() {
    if (speed < 0) {
      throw new InputException("--speed: 0 or more needed, " + speed + " given");
    }
    return speed;
  }

  /** The size that was asked for. */
  Optional<Long> bytes(long weights) {
    return positive("--max-bytes-per-weight", budget == null ? null : budget.bytesPerWeight)
        .map(bytes -> (long) (bytes * weights));
  }

  /** The quality that was asked for. */
  Optional<Double> nats() {
    return positive("--max-divergence", budget == null ? null : budget.nats);
  }

  private static Optional<Double> positive(String option, Double value) {
    if (value != null && !(value > 0 && value < 1e6)) {
      throw new InputException(option + ": more than 0 needed, " + value + " given");
    }
    return Optional.ofNullable(value);
  }

  String text() {
    return TextFile.read(file == null ? TextFile.standard() : file);
  }
}
