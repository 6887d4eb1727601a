package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.RunRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** Models, builds and machines side by side: what differs first. */
final class HtmlMachines {
  private static final String NONE = "–";
  private static final int VALUE_CHARACTERS = 120;

  private HtmlMachines() {}

  static void differences(Markup page, List<RunRecord> runs) {
    page.section("environment", "Models, builds and machines");
    List<Map<String, String>> facts = new ArrayList<>();
    SequencedSet<String> names = new LinkedHashSet<>();
    for (RunRecord run : runs) {
      Map<String, String> of = RunFacts.of(run);
      facts.add(of);
      names.addAll(of.keySet());
    }
    List<String> differing =
        names.stream()
            .filter(
                name -> facts.stream().map(f -> f.getOrDefault(name, NONE)).distinct().count() > 1)
            .toList();
    List<String> equal = names.stream().filter(name -> !differing.contains(name)).toList();
    if (runs.size() > 1) {
      page.element(
          "p",
          differing.isEmpty()
              ? "No difference between the newest runs."
              : HtmlHeader.counted(differing.size(), "fact")
                  + " of "
                  + names.size()
                  + " differ between the newest runs; what is unlike the first run is marked.");
    }
    if (!differing.isEmpty()) {
      differing(page, runs, facts, differing);
    }
    page.open(differing.isEmpty() ? "div" : "details");
    if (!differing.isEmpty()) {
      page.element("summary", HtmlHeader.counted(equal.size(), "fact") + " equal in all of them");
    }
    page.open("dl");
    for (String name : equal) {
      page.open("div").open("dt").foreign(name).close("dt");
      page.open("dd").foreign(shown(facts.getFirst().get(name))).close("dd").close("div");
    }
    page.close("dl").close(differing.isEmpty() ? "div" : "details").close("section");
  }

  private static void differing(
      Markup page, List<RunRecord> runs, List<Map<String, String>> facts, List<String> names) {
    String[] columns = new String[runs.size() + 1];
    columns[0] = "Fact";
    for (int i = 0; i < runs.size(); i++) {
      columns[i + 1] = "Run " + (i + 1);
    }
    HtmlTable table =
        HtmlTable.open(page, "differences", "What differs, by run as listed above", columns);
    for (String name : names) {
      table.row(Html.shortened(name, VALUE_CHARACTERS));
      String first = facts.getFirst().getOrDefault(name, NONE);
      for (Map<String, String> of : facts) {
        String value = of.getOrDefault(name, NONE);
        table.cell(shown(value), value.equals(first) ? "" : "differs");
      }
      table.end();
    }
    table.close();
  }

  private static String shown(String value) {
    return value.matches("[0-9a-f]{64}")
        ? value.substring(0, 12) + "…"
        : Html.shortened(value, VALUE_CHARACTERS);
  }
}
