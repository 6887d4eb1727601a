package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Row;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A documented benchmark beside what this machine measured.
 *
 * @param title of the benchmark
 * @param model which bytes ran, in words
 * @param documentedPrefill tokens a second, where documented
 * @param documentedDecode tokens a second
 * @param run what was measured
 * @param caveats what must be known to read the figures
 */
public record Reproduction(
    String title,
    String model,
    OptionalDouble documentedPrefill,
    double documentedDecode,
    RunRecord run,
    List<String> caveats) {
  public Reproduction {
    caveats = List.copyOf(caveats);
  }

  /** The measured row of a phase. */
  Optional<Row> row(Workload.Kind kind) {
    return Row.of(run).stream()
        .filter(row -> row.measurement().workload().kind() == kind)
        .findFirst();
  }

  /** The documented figure of a phase. */
  OptionalDouble documented(Workload.Kind kind) {
    return kind == Workload.Kind.PREFILL ? documentedPrefill : OptionalDouble.of(documentedDecode);
  }

  /** What is true of the prefill of every one of them. */
  String prefillCaveat() {
    int tokens =
        row(Workload.Kind.PREFILL)
            .map(row -> row.measurement().workload().promptTokens())
            .orElse(0);
    return "The prompt \"Hello\" is "
        + HtmlHeader.counted(tokens, "token")
        + (tokens == 1
            ? ": its prefill is one step, and says nothing of prefill speed."
            : " for this vocabulary, one for the documented model.");
  }
}
