package dev.rocmforge.bench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.stats.Interval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A speed-up that the documented system expected: a projection that nobody measured.
 *
 * @param id of its row in {@code datasets/documented.json}
 * @param architecture it speaks of
 * @param text the row
 */
public record DocumentedExpectation(String id, String architecture, String text) {
  private static final String PREFIX = "expected.gfx";

  /** All of the documented table. */
  public static List<DocumentedExpectation> all(Path root) {
    Path file = root.resolve("datasets/documented.json");
    try {
      List<DocumentedExpectation> found = new ArrayList<>();
      JsonNode json = JsonMapper.builder().build().readTree(file.toFile());
      for (JsonNode row : json.findParents("documented")) {
        String id = row.path("id").asText();
        if (id.startsWith(PREFIX)) {
          String architecture = id.substring("expected.".length());
          found.add(new DocumentedExpectation(id, architecture, row.path("documented").asText()));
        }
      }
      return found;
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The documented table beside what a sweep measured, which is of one device only. */
  public static String markdown(Path root, String device, List<SweepCell.Result> results) {
    StringBuilder table = new StringBuilder();
    table.append("| architecture | documented, a projection | measured by this sweep |\n");
    table.append("|---|---|---|\n");
    for (DocumentedExpectation row : all(root)) {
      String measured =
          row.architecture.equals(device)
              ? best(results).map(SweepTable::times).orElse("no cell was right")
              : "not measured: this device is " + device;
      table.append("| %s | %s | %s |%n".formatted(row.architecture, row.text, measured));
    }
    return table.toString();
  }

  private static Optional<Interval> best(List<SweepCell.Result> results) {
    return results.stream()
        .filter(SweepCell.Ran.class::isInstance)
        .map(SweepCell.Ran.class::cast)
        .filter(SweepCell.Ran::right)
        .flatMap(ran -> ran.decodeSpeedUp().stream())
        .max((a, b) -> Double.compare(a.middle(), b.middle()));
  }
}
