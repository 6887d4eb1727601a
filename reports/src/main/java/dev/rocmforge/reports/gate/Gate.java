package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Facet;
import dev.rocmforge.reports.stats.OutlierReasons;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.RunComparison;
import dev.rocmforge.reports.stats.Verdict;
import dev.rocmforge.reports.store.Annotation;
import dev.rocmforge.reports.store.Annotations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Judges runs of a candidate against runs of a baseline, workload by workload. Only rows of the
 * same work on the same hardware meet.
 */
public final class Gate {
  /** What must be equal: names of hosts change with every container. */
  private static final Set<Facet> EQUAL =
      Collections.unmodifiableSet(EnumSet.range(Facet.MODEL, Facet.HARDWARE));

  private static final Set<Facet> MACHINE =
      Collections.unmodifiableSet(EnumSet.of(Facet.HARDWARE, Facet.RUNTIME, Facet.BACKEND));

  private final GateSettings settings;
  private final List<Annotation> annotations;
  private final boolean paired;

  private Gate(GateSettings settings, List<Annotation> annotations, boolean paired) {
    this.settings = settings;
    this.annotations = annotations;
    this.paired = paired;
  }

  /**
   * Runs against a baseline or the history before them.
   *
   * @param annotations of the baseline: its runs before one are left out
   */
  public static GateResult judge(
      List<RunRecord> baseline,
      List<RunRecord> candidate,
      List<Annotation> annotations,
      GateSettings settings) {
    return new Gate(settings, annotations, false).result(baseline, candidate);
  }

  /** Runs that took turns with those of another build: the i-th of each belong together. */
  public static GateResult judgePairs(
      List<RunRecord> other, List<RunRecord> candidate, GateSettings settings) {
    return new Gate(settings, List.of(), true).result(other, candidate);
  }

  private GateResult result(List<RunRecord> baseline, List<RunRecord> candidate) {
    Map<List<String>, List<Row>> before = grouped(baseline);
    Map<List<String>, List<Row>> after = grouped(candidate);
    List<GateRow> compared = new ArrayList<>();
    List<GateRow> missing = new ArrayList<>();
    List<GateRow> fresh = new ArrayList<>();
    before.forEach(
        (identity, rows) -> {
          if (after.containsKey(identity)) {
            compared.add(compared(rows, after.get(identity)));
          } else if (sameMachine(rows.getFirst(), after)) {
            missing.add(alone(rows, GateRow.Kind.MISSING, "the candidate lacks this row"));
          }
        });
    after.forEach(
        (identity, rows) -> {
          if (!before.containsKey(identity)) {
            fresh.add(alone(rows, GateRow.Kind.NEW, refusal(rows.getFirst(), before)));
          }
        });
    compared.addAll(missing);
    compared.addAll(fresh);
    return new GateResult(compared, settings, GateFacts.of(baseline, candidate, paired));
  }

  /** Rows of complete runs by what must be equal, each group in the order of time. */
  static Map<List<String>, List<Row>> grouped(List<RunRecord> runs) {
    Map<List<String>, List<Row>> groups = new LinkedHashMap<>();
    runs.stream()
        .sorted(Comparator.comparing(run -> run.environment().timestamp()))
        .flatMap(run -> Row.of(run).stream())
        .filter(Row::complete)
        .forEach(
            row -> groups.computeIfAbsent(row.identity(EQUAL), key -> new ArrayList<>()).add(row));
    return groups;
  }

  private static boolean sameMachine(Row row, Map<List<String>, List<Row>> candidates) {
    return candidates.values().stream()
        .anyMatch(rows -> rows.getFirst().differences(row, MACHINE).isEmpty());
  }

  /** Why a row has nothing to compare with: in what the nearest row of the baseline differs. */
  private static String refusal(Row row, Map<List<String>, List<Row>> baseline) {
    return baseline.values().stream()
        .map(List::getLast)
        .filter(other -> other.name().equals(row.name()))
        .map(other -> Map.entry(other, row.differences(other, EQUAL)))
        .min(Comparator.comparingInt(entry -> entry.getValue().size()))
        .map(
            nearest -> {
              Facet facet = nearest.getValue().iterator().next();
              return "not in the baseline: %s %s there, %s here"
                  .formatted(facet.words(), facet.shown(nearest.getKey()), facet.shown(row));
            })
        .orElse("not in the baseline");
  }

  private static GateRow alone(List<Row> rows, GateRow.Kind kind, String reason) {
    boolean missing = kind == GateRow.Kind.MISSING;
    OptionalDouble rate = rate(rows);
    boolean wrong = !missing && rows.stream().anyMatch(row -> !row.checked());
    return new GateRow(
        rows.getFirst().name(),
        subject(rows.getFirst()),
        kind,
        missing || wrong ? Optional.of(Verdict.UNCHECKED) : Optional.empty(),
        Optional.empty(),
        missing ? rows.size() : 0,
        missing ? 0 : rows.size(),
        missing ? rate : OptionalDouble.empty(),
        missing ? OptionalDouble.empty() : rate,
        wrong ? unchecked(rows) : reason,
        List.of());
  }

  private GateRow compared(List<Row> baseline, List<Row> candidate) {
    List<String> notes = new ArrayList<>();
    List<Row> before = usable(baseline, annotations, settings, notes);
    Row newest = candidate.getLast();
    String name = newest.name();
    boolean wrong = candidate.stream().anyMatch(row -> !row.checked());
    Optional<RunComparison> comparison =
        wrong || before.isEmpty() ? Optional.empty() : Optional.of(compare(before, candidate));
    Verdict verdict = comparison.map(RunComparison::verdict).orElse(Verdict.INCONCLUSIVE);
    String reason = comparison.map(RunComparison::reason).orElse("no usable run in the baseline");
    if (wrong) {
      verdict = Verdict.UNCHECKED;
      reason = unchecked(candidate);
    } else if (verdict == Verdict.SLOWER || verdict == Verdict.FASTER) {
      notes.addAll(
          OutlierReasons.of(newest.run(), before.stream().map(Row::run).toList()).stream()
              .filter(difference -> !difference.startsWith("build "))
              .toList());
      if (before.stream().allMatch(row -> sameCode(row.run(), newest.run()))) {
        reason = verdict.word() + ", but jar and kernels are the same (" + reason + ")";
        verdict = Verdict.ENVIRONMENT;
      } else if (!paired) {
        Optional<String> busy = MachineLoad.difference(before, candidate);
        if (busy.isPresent()) {
          reason = verdict.word() + ", but " + busy.get() + " (" + reason + ")";
          verdict = Verdict.ENVIRONMENT;
        }
      }
    }
    return new GateRow(
        name,
        subject(newest),
        GateRow.Kind.COMPARED,
        Optional.of(verdict),
        comparison,
        before.size(),
        candidate.size(),
        rate(before),
        rate(candidate),
        reason,
        notes);
  }

  /** The latest runs whose output was right, from the last annotation on. */
  static List<Row> usable(
      List<Row> rows, List<Annotation> annotations, GateSettings settings, List<String> notes) {
    Optional<Instant> since = Annotations.since(annotations, rows.getFirst().name());
    List<Row> later =
        rows.stream()
            .filter(
                row ->
                    since.isEmpty() || !row.run().environment().timestamp().isBefore(since.get()))
            .toList();
    if (later.size() < rows.size()) {
      notes.add(
          "%d earlier runs left out: annotated change at %s"
              .formatted(rows.size() - later.size(), since.orElseThrow()));
    }
    List<Row> checked = later.stream().filter(Row::checked).toList();
    if (checked.size() < later.size()) {
      notes.add(
          "%d runs of the baseline left out: UNCHECKED".formatted(later.size() - checked.size()));
    }
    return checked.subList(Math.max(0, checked.size() - settings.baselineRuns()), checked.size());
  }

  private RunComparison compare(List<Row> before, List<Row> after) {
    double[] a = before.stream().mapToDouble(Row::medianNanos).toArray();
    double[] b = after.stream().mapToDouble(Row::medianNanos).toArray();
    RunComparison.Settings asked = settings.of(after.getLast().name());
    return paired ? RunComparison.paired(a, b, asked) : RunComparison.of(a, b, asked);
  }

  private static String unchecked(List<Row> rows) {
    return "output "
        + rows.stream()
            .filter(row -> !row.checked())
            .map(row -> row.run().correctness().label())
            .sorted()
            .findFirst()
            .orElseThrow();
  }

  /** Whether the code is known to be the same, byte for byte. */
  static boolean sameCode(RunRecord one, RunRecord other) {
    Build a = one.subject().build();
    Build b = other.subject().build();
    return a.jarSha256().isPresent()
        && a.jarSha256().equals(b.jarSha256())
        && a.kernelSha256().equals(b.kernelSha256());
  }

  private static OptionalDouble rate(List<Row> rows) {
    return rows.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            Distribution.of(rows.stream().mapToDouble(r -> r.rate(r.medianNanos())).toArray())
                .median());
  }

  static String subject(Row row) {
    return "%s, %s on %s"
        .formatted(
            row.run().subject().model().fileName(),
            row.run().subject().backend().label(),
            row.hardware());
  }
}
