package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchProcess;
import dev.rocmforge.reports.record.RunRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs that the gate takes itself, each in a process of its own. With another build the two take
 * turns, A B A B, so that a machine that slows down slows both. Grows with every round.
 */
final class GateRuns {
  private final BenchProcess own;
  private final Optional<BenchProcess> other;
  private final List<String> options;
  private final Path out;
  private final Consumer<String> progress;
  private final List<RunRecord> candidate = new ArrayList<>();
  private final List<RunRecord> baseline = new ArrayList<>();

  /** Of this build, beside another if there is one. */
  GateRuns(
      Optional<BenchProcess> other, List<String> options, Path out, Consumer<String> progress) {
    this(BenchProcess.own(Rocmforge.class.getName()), other, options, out, progress);
  }

  /**
   * @param own the candidate
   * @param other the build to take turns with, if any
   * @param options of bench
   * @param out where the records go
   */
  GateRuns(
      BenchProcess own,
      Optional<BenchProcess> other,
      List<String> options,
      Path out,
      Consumer<String> progress) {
    this.own = own;
    this.other = other;
    this.options = List.copyOf(options);
    this.out = out;
    this.progress = progress;
  }

  /** Runs so many more, or so many more pairs. */
  void take(int runs) {
    take(runs, run -> {});
  }

  /**
   * Runs so many more, or so many more pairs.
   *
   * @param kept gets each of the candidate's as soon as it is there, so that an interruption loses
   *     none
   */
  void take(int runs, Consumer<RunRecord> kept) {
    for (int i = 1; i <= runs; i++) {
      int number = i;
      other.ifPresent(
          build -> {
            progress.accept("baseline run " + number + " of " + runs);
            baseline.add(build.run(options, out.resolve("baseline")));
          });
      progress.accept("candidate run " + number + " of " + runs);
      RunRecord run = own.run(options, out.resolve("candidate"));
      candidate.add(run);
      kept.accept(run);
    }
  }

  List<RunRecord> candidate() {
    return candidate;
  }

  /** Of the other build; the i-th ran just before the candidate's i-th. */
  List<RunRecord> baseline() {
    return baseline;
  }
}
