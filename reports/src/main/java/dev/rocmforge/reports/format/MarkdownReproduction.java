package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Row;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Documented and measured figures side by side as Markdown. */
public final class MarkdownReproduction {
  private static final String NONE = "–";

  private MarkdownReproduction() {}

  public static String of(List<Reproduction> all) {
    StringBuilder out = new StringBuilder();
    out.append("| benchmark | model bytes | phase | output | documented | measured |");
    out.append(" measured / documented | of bandwidth |\n");
    out.append("|---|---|---|---|--:|--:|--:|--:|\n");
    for (Reproduction one : all) {
      for (Workload.Kind kind : List.of(Workload.Kind.PREFILL, Workload.Kind.DECODE)) {
        Optional<Row> row = one.row(kind);
        if (row.isPresent()) {
          line(out, one, row.get(), kind);
        }
      }
    }
    out.append('\n');
    all.stream()
        .flatMap(one -> one.caveats().stream().map(caveat -> one.title() + ": " + caveat))
        .distinct()
        .forEach(caveat -> out.append("- ").append(Markdown.escaped(caveat)).append('\n'));
    all.stream()
        .map(Reproduction::prefillCaveat)
        .distinct()
        .forEach(caveat -> out.append("- ").append(Markdown.escaped(caveat)).append('\n'));
    return out.toString();
  }

  private static void line(StringBuilder out, Reproduction one, Row row, Workload.Kind kind) {
    double rate = row.rate(row.medianNanos());
    OptionalDouble documented = one.documented(kind);
    out.append("| ").append(Markdown.escaped(one.title()));
    out.append(" | ").append(Markdown.escaped(one.model())).append(", sha256 ");
    out.append(one.run().subject().model().sha256(), 0, 12).append("… | ");
    out.append(Markdown.escaped(row.name())).append(" | ");
    out.append(one.run().correctness().label()).append(" | ");
    out.append(documented.isPresent() ? Quantity.rate(documented.getAsDouble()) : NONE);
    out.append(" | ").append(Quantity.rate(rate)).append(" | ");
    out.append(documented.isPresent() ? Quantity.percent(rate / documented.getAsDouble()) : NONE);
    out.append(" | ").append(HtmlComparison.share(row)).append(" |\n");
  }
}
