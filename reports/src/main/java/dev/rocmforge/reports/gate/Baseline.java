package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.RunComparison;
import dev.rocmforge.reports.stats.RunNoise;
import dev.rocmforge.reports.store.Annotation;
import dev.rocmforge.reports.store.Annotations;
import dev.rocmforge.reports.store.History;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A folder of runs that are right and fast enough: a history with its annotations. Runs are only
 * ever added; an accepted change leaves an annotation from which on earlier runs do not count.
 */
public final class Baseline {
  private static final int CANDIDATE_RUNS = 10;

  private final Path folder;
  private final History history;

  /**
   * What the gate would compare a row with.
   *
   * @param name of the workload
   * @param subject model, backend and machine
   * @param runs that count
   * @param rate median tokens a second
   * @param noise learnt from them
   * @param detectable smallest slowing that 10 runs of a candidate would show; empty for too few
   */
  public record Line(
      String name,
      String subject,
      int runs,
      double rate,
      RunNoise noise,
      Optional<Double> detectable) {}

  private Baseline(Path folder) {
    this.folder = folder;
    this.history = History.in(folder);
  }

  /** The baseline in a folder, which is made when missing. */
  public static Baseline in(Path folder) {
    return new Baseline(folder);
  }

  /**
   * Adds runs to an empty baseline or to one of the same code.
   *
   * @return how many were new
   * @throws ReportException where a run is partial or unchecked, or the code another
   */
  public int save(List<RunRecord> runs) {
    check(runs);
    List<RunRecord> known = history.read().records();
    Optional<RunRecord> newest =
        known.stream().max(Comparator.comparing(run -> run.environment().timestamp()));
    for (RunRecord run : runs) {
      if (newest.isPresent() && !Gate.sameCode(newest.get(), run)) {
        throw new ReportException(
            folder
                + ": holds runs of jar "
                + newest.get().subject().build().jarSha256().orElse("none")
                + ", given are runs of "
                + run.subject().build().jarSha256().orElse("none")
                + "; 'baseline accept' takes another build's, with a reason");
      }
    }
    return history.appendAll(runs).added();
  }

  /**
   * Takes runs of a candidate for the new baseline.
   *
   * @return the annotations that say so, one a row
   * @throws ReportException where a run is partial or unchecked
   */
  public List<Annotation> accept(List<RunRecord> runs, String reason) {
    check(runs);
    Instant since =
        runs.stream()
            .map(run -> run.environment().timestamp())
            .min(Instant::compareTo)
            .orElseThrow();
    TreeSet<String> names = new TreeSet<>();
    runs.forEach(run -> Row.of(run).forEach(row -> names.add(row.name())));
    List<Annotation> written =
        names.stream().map(name -> Annotation.of(since, name, reason)).toList();
    history.appendAll(runs);
    Annotations annotations = Annotations.in(folder);
    written.forEach(annotations::append);
    return written;
  }

  private static void check(List<RunRecord> runs) {
    for (RunRecord run : runs) {
      boolean complete = run.status().completeness() == Status.Completeness.COMPLETE;
      if (!complete || run.correctness() != Correctness.PASSED) {
        throw new ReportException(
            "run of %s: complete and passed needed, found %s and %s"
                .formatted(
                    run.environment().timestamp(),
                    complete ? "complete" : "partial",
                    run.correctness().label()));
      }
    }
  }

  /** Every row, oldest first, by what the gate takes for the same. */
  public List<Line> list(GateSettings settings) {
    List<Annotation> annotations = Annotations.in(folder).read();
    List<Line> lines = new ArrayList<>();
    for (List<Row> rows : Gate.grouped(history.read().records()).values()) {
      List<Row> usable = Gate.usable(rows, annotations, settings, new ArrayList<>());
      if (!usable.isEmpty()) {
        lines.add(line(usable, settings));
      }
    }
    return lines;
  }

  private static Line line(List<Row> rows, GateSettings settings) {
    double[] nanos = rows.stream().mapToDouble(Row::medianNanos).toArray();
    RunComparison.Settings asked = settings.of(rows.getLast().name());
    // A candidate that would show no change: runs of the baseline itself.
    double[] like = new double[CANDIDATE_RUNS];
    Arrays.setAll(like, i -> nanos[Math.floorMod(nanos.length - 1 - i, nanos.length)]);
    double effect = RunComparison.of(nanos, like, asked).minimumDetectableEffect();
    double middle = Distribution.of(nanos).median();
    return new Line(
        rows.getLast().name(),
        Gate.subject(rows.getLast()),
        rows.size(),
        rows.getLast().rate(middle),
        RunNoise.of(nanos),
        Double.isFinite(effect) ? Optional.of(effect) : Optional.empty());
  }
}
