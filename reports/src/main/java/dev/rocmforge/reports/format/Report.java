package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Facet;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Series;
import dev.rocmforge.reports.store.KernelSpeedFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one page is made of.
 *
 * @param runs all of them; kept oldest first
 * @param kernelChecks verdicts of {@code validate kernels --json}
 * @param kernelSpeeds tables of {@code bench kernels}
 * @param mostShown how many runs the page shows in full, with their samples
 * @param rest name of the file beside the page that holds the other runs, if there is one
 */
public record Report(
    List<RunRecord> runs,
    List<CheckRecord> kernelChecks,
    List<KernelSpeedFile> kernelSpeeds,
    int mostShown,
    Optional<String> rest) {
  public Report {
    runs = oldestFirst(runs);
    kernelChecks = List.copyOf(kernelChecks);
    kernelSpeeds = List.copyOf(kernelSpeeds);
  }

  /** Runs in the order of their time. */
  public static List<RunRecord> oldestFirst(List<RunRecord> runs) {
    // The line decides only among runs of the same instant, so it is rarely made.
    return runs.stream()
        .sorted(
            Comparator.comparing((RunRecord run) -> run.environment().timestamp())
                .thenComparing(RecordCodec::line))
        .toList();
  }

  /** The page of a single run. */
  public static Report of(RunRecord run) {
    return new Report(List.of(run), List.of(), List.of(), 1, Optional.empty());
  }

  /** The same with the name of the file that holds the runs not shown in full. */
  public Report withRest(String name) {
    return new Report(runs, kernelChecks, kernelSpeeds, mostShown, Optional.of(name));
  }

  /** The newest run of each model on each machine, newest first, as many as are shown in full. */
  public List<RunRecord> shown() {
    Map<List<Object>, RunRecord> newest = new LinkedHashMap<>();
    for (RunRecord run : runs.reversed()) {
      newest.putIfAbsent(
          List.of(
              run.subject().model().sha256(),
              run.subject().backend(),
              run.subject().deviceRuntime(),
              run.environment().host(),
              Row.hardware(run),
              Facet.switches(run)),
          run);
    }
    return newest.values().stream().limit(mostShown).toList();
  }

  /** The runs that are not shown in full, oldest first. */
  public List<RunRecord> hidden() {
    // By identity: equal runs do not occur twice, and comparing samples takes long.
    Set<RunRecord> shown = Collections.newSetFromMap(new IdentityHashMap<>());
    shown.addAll(shown());
    return runs.stream().filter(run -> !shown.contains(run)).toList();
  }

  /** All series, those with the newest runs first. */
  List<Series> series() {
    List<Row> rows = new ArrayList<>();
    runs.forEach(run -> rows.addAll(Row.of(run)));
    return Series.of(rows, Facet.ALL).stream()
        .sorted(
            Comparator.comparing((Series series) -> series.latest().run().environment().timestamp())
                .reversed())
        .toList();
  }
}
