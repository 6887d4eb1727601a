package dev.rocmforge.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes, names, package comments and the weight of the tree; each rule also catches a culprit. */
class HouseTest {
  private static final long TREE_BYTES = 32_000_000;
  private static final long GOLDEN_BYTES = 19_000_000;

  private static List<SourceFile> main;
  private static List<SourceFile> all;

  @TempDir private Path folder;

  @BeforeAll
  static void parse() {
    main = SourceFile.parse(Project.sources("main"));
    all = new ArrayList<>(main);
    all.addAll(SourceFile.parse(Project.sources("test")));
  }

  @Test
  void theSourcesAreSeen() {
    assertTrue(main.size() > 20, () -> "only " + main.size() + " sources found");
    assertTrue(
        all.stream().anyMatch(s -> s.types().contains("HouseTest")), "not even this test found");
  }

  @Test
  void noSourceIsLong() {
    assertEquals(List.of(), HouseRules.longFiles(all));
  }

  @Test
  void noMethodIsLong() {
    assertEquals(List.of(), HouseRules.longMethods(all));
  }

  @Test
  void everyNameSaysSomething() {
    assertEquals(List.of(), HouseRules.emptyNames(all));
  }

  @Test
  void noTestIsDisabled() {
    assertEquals(List.of(), HouseRules.disabledTests(all));
  }

  @Test
  void everyPackageIsExplained() throws IOException {
    List<String> complaints = new ArrayList<>(HouseRules.unexplainedPackages(main));
    for (SourceFile source : main) {
      if (HouseRules.isPackageInfo(source)) {
        String text = Files.readString(source.path());
        complaints.addAll(HouseRules.packageComment(source.path().toString(), text));
      }
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void nothingIsMarkedUnfinished() throws IOException {
    List<String> complaints = new ArrayList<>();
    for (Path file : Project.trackedFiles()) {
      Path path = Project.root().resolve(file);
      if (HouseRules.isText(file.toString()) && Files.isRegularFile(path)) {
        try (Stream<String> lines = Files.lines(path, StandardCharsets.UTF_8)) {
          complaints.addAll(HouseRules.unfinished(file.toString(), lines));
        }
      }
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void theTreeIsLight() throws IOException {
    long tree = 0;
    long golden = 0;
    for (Path file : Project.trackedFiles()) {
      Path path = Project.root().resolve(file);
      long size = Files.isRegularFile(path) ? Files.size(path) : 0;
      tree += size;
      golden += file.startsWith("datasets/golden") ? size : 0;
    }
    assertTrue(tree > 35_000, "the licence alone is larger");
    assertEquals(List.of(), HouseRules.tooLarge("the tracked tree", tree, TREE_BYTES));
    assertEquals(List.of(), HouseRules.tooLarge("datasets/golden", golden, GOLDEN_BYTES));
  }

  @Test
  void culpritsAreCaught() throws IOException {
    String source =
        """
        package planted;
        class StringUtils {
          static class Inner_v2 {}
          @org.junit.jupiter.api.Disabled("later")
          void test() {
            Object lines = new Object() { void deep() {
        %s} };
          }
          static {
        %s
          }
        }
        """
            .formatted("\n".repeat(61), "\n".repeat(61));
    source += "\n".repeat(HouseRules.FILE_LINES);
    Path file = Files.writeString(folder.resolve("StringUtils.java"), source);
    List<SourceFile> planted = SourceFile.parse(List.of(file));
    assertEquals(1, HouseRules.longFiles(planted).size());
    assertEquals(
        3, HouseRules.longMethods(planted).size(), HouseRules.longMethods(planted)::toString);
    assertEquals(2, HouseRules.emptyNames(planted).size());
    assertEquals(1, HouseRules.disabledTests(planted).size());
    assertEquals(List.of("planted: no package-info.java"), HouseRules.unexplainedPackages(planted));
  }

  @Test
  void culpritsInTextAreCaught() {
    assertFalse(HouseRules.packageComment("p", "/** Short. */\npackage p;\n").isEmpty());
    String wordy = "/**\n" + " * line\n".repeat(11) + " */\npackage p;\n";
    assertFalse(HouseRules.packageComment("p", wordy).isEmpty());
    String fitting = "/**\n" + " * line\n".repeat(3) + " */\npackage p;\n";
    assertEquals(List.of(), HouseRules.packageComment("p", fitting));
    String marked = "// " + "TO" + "DO: later";
    assertEquals(List.of("f:2: " + marked), HouseRules.unfinished("f", Stream.of("", marked)));
    assertFalse(HouseRules.tooLarge("tree", TREE_BYTES + 1, TREE_BYTES).isEmpty());
  }
}
