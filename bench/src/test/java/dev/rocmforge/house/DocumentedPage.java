package dev.rocmforge.house;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** docs/documented.md, made from the rows: a table a section, in the order of the text. */
final class DocumentedPage {
  private DocumentedPage() {}

  static String of(List<Documented> rows) {
    Map<String, List<Documented>> sections =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    Documented::section, LinkedHashMap::new, Collectors.toList()));
    long open = rows.stream().filter(Documented::open).count();
    StringBuilder page = new StringBuilder();
    page.append("# The documented system, line by line\n\n");
    page.append("Made from `datasets/documented.json` by `ci/documented`; do not edit by hand. ");
    page.append("Each row is a fact of the documented system with the command and the test that ");
    page.append("cover it here.\n\n");
    page.append("%d rows, %d covered, %d open.%n".formatted(rows.size(), rows.size() - open, open));
    sections.forEach(
        (section, members) -> {
          page.append("\n## ").append(section).append("\n\n");
          page.append("| id | kind | documented | command | test |\n|---|---|---|---|---|\n");
          members.forEach(row -> page.append(line(row)));
        });
    return page.toString();
  }

  private static String line(Documented row) {
    return "| `%s` | %s | %s | %s | %s |\n"
        .formatted(
            row.id(),
            row.kind(),
            row.documented().replace("|", "\\|").replace("<", "&lt;"),
            entries(row.commands()),
            entries(row.tests()));
  }

  private static String entries(List<String> entries) {
    return entries.isEmpty()
        ? "open"
        : entries.stream()
            .map(entry -> "`" + entry.replace("|", "\\|") + "`")
            .collect(Collectors.joining(", "));
  }
}
