package dev.rocmforge.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.bench.cli.Rocmforge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** datasets/documented.json names only what exists, and docs/documented.md is made from it. */
class DocumentedTest {
  private static final Path PAGE = Project.root().resolve("docs/documented.md");

  private static List<Documented> rows;
  private static Coverage coverage;

  @BeforeAll
  static void read() throws IOException {
    rows = Documented.read(Project.root().resolve("datasets/documented.json"));
    coverage =
        new Coverage(
            Project.root(), Rocmforge.commandLine(), SourceFile.parse(Project.sources("test")));
  }

  @Test
  void everyIdIsUnique() {
    Set<String> seen = new HashSet<>();
    assertEquals(List.of(), rows.stream().map(Documented::id).filter(id -> !seen.add(id)).toList());
    assertTrue(rows.size() >= 130, () -> "rows were lost: " + rows.size());
  }

  @Test
  void everyCommandExists() {
    assertEquals(
        List.of(), rows.stream().flatMap(row -> coverage.complaints(row).stream()).toList());
  }

  @Test
  void thePageIsUpToDate() throws IOException {
    String page = DocumentedPage.of(rows);
    if (Boolean.getBoolean("rocmforge.documented.write")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(page, Files.readString(PAGE), "docs/documented.md is old: run ci/documented");
  }

  @Test
  void inventedCoverageIsCaught() {
    assertCaught("rocmforge --no-such-option", "DocumentedTest#everyIdIsUnique");
    assertCaught("rocmforge no-such-command", "DocumentedTest#everyIdIsUnique");
    assertCaught("ci/no-such-script", "DocumentedTest#everyIdIsUnique");
    assertCaught("rocmforge --help", "DocumentedTest#noSuchTest");
    assertCaught("rocmforge --help", "ci/no-such-script");
    assertCaught("ROCMFORGE_GPU_SAFE_MODE=1", "DocumentedTest#everyIdIsUnique");
    Documented sound =
        new Documented(
            "sound",
            "section",
            "option",
            "text",
            List.of("ROCMFORGE_GPU_SAFE_MODE=1 ./rocmforge --help", "LICENSE", "mvn verify"),
            List.of("DocumentedTest#everyIdIsUnique"));
    assertEquals(List.of(), coverage.complaints(sound));
  }

  private static void assertCaught(String command, String test) {
    Documented row =
        new Documented("row", "section", "option", "text", List.of(command), List.of(test));
    assertEquals(1, coverage.complaints(row).size(), command + " " + test);
  }
}
