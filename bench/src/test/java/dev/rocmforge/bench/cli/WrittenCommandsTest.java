package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Command lines that the templates and the documentation tell people to type are understood. */
class WrittenCommandsTest {
  private static final Path ROOT = Path.of(System.getProperty("rocmforge.root"));

  private static final Pattern COMMAND =
      Pattern.compile("/rocmforge\"?+ ((?:bench|gate|baseline|report) [^\n;|]*)");

  private static List<String> commands(String text) {
    // Options may stand on lines of their own.
    String joined = text.replaceAll("( \\\\)?\n\\s+(?=--)", " ");
    return COMMAND.matcher(joined).results().map(found -> found.group(1)).toList();
  }

  /** As a shell passes them on, with {@code BENCH} as the template sets it and 1 for the rest. */
  private static List<String> words(String command, String template) {
    Matcher bench = Pattern.compile("BENCH:-? ?(-[^}\n]*)").matcher(template);
    String options = bench.find() ? bench.group(1) : "";
    String plain =
        command
            .replaceAll("\\$\\(\\(.*?\\)\\)|\\$\\{\\{.*?\\}\\}", "1")
            .replaceAll("\"\\$\\{options\\[@]}\"|\\$BENCH", Matcher.quoteReplacement(options))
            .replaceAll("\\$\\{\\w+:-(.*?)}", "$1")
            .replaceAll("\\$\\w+", "1");
    return Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)")
        .matcher(plain)
        .results()
        .map(WrittenCommandsTest::unquoted)
        .toList();
  }

  private static String unquoted(MatchResult word) {
    return Stream.of(1, 2, 3).map(word::group).filter(g -> g != null).findFirst().orElseThrow();
  }

  private static void understood(Path file, String command, String template) {
    List<String> words = words(command, template);
    CommandLine.ParseResult parsed =
        assertDoesNotThrow(
            () -> Rocmforge.commandLine().parseArgs(words.toArray(String[]::new)),
            () -> file + ": " + words);
    assertEquals(words.getFirst(), parsed.subcommand().commandSpec().name());
  }

  @Test
  void everyTemplateRunsWhatThereIs() throws IOException {
    int found = 0;
    for (String name :
        List.of(
            "github-actions.yml",
            "gitlab-ci.yml",
            "slurm-bench.sbatch",
            "slurm-gate.sbatch",
            "kubernetes.yml")) {
      Path file = ROOT.resolve("ci/templates").resolve(name);
      String text = Files.readString(file);
      List<String> commands = commands(text);
      assertTrue(!commands.isEmpty(), name);
      commands.forEach(command -> understood(file, command, text));
      found += commands.size();
    }
    assertEquals(12, found, "a bench, a merge and a gate on each of four schedulers");
  }

  @Test
  void theDocumentationRunsWhatThereIs() throws IOException {
    List<String> seen = new ArrayList<>();
    for (String name : List.of("ci.md", "gate.md", "exchange.md")) {
      Path file = ROOT.resolve("docs").resolve(name);
      for (String command :
          commands(Files.readString(file).replaceAll("(?m)^(?!(\\$ )?\\./).*", ""))) {
        understood(file, command, "");
        seen.add(command);
      }
    }
    assertTrue(seen.size() >= 9, seen::toString);
  }

  @Test
  void theFirstRunOnACardRunsWhatThereIs() throws IOException {
    Path file = ROOT.resolve("ci/first-run-amd");
    String text = Files.readString(file).replace(" \\\n", " ");
    List<String> commands =
        Pattern.compile("\"\\$rocmforge\" ([^\n>|]*)")
            .matcher(text)
            .results()
            .map(found -> found.group(1))
            .map(command -> command.replace("\"${options[@]}\"", "--gpu-index 0"))
            .map(command -> command.replace("\"${shape[@]}\"", "--shape 896x896"))
            .map(command -> command.replace("\"$tier\"", "quick"))
            .map(command -> command.replace("\"$@\"", "--gpu --gpu-index 0"))
            .toList();
    for (String command : commands) {
      assertTrue(!command.contains("[@]"), command);
      String[] words = words(command, "").toArray(String[]::new);
      assertDoesNotThrow(
          () -> Rocmforge.commandLine().parseArgs(words), () -> file + ": " + command);
    }
    assertEquals(
        List.of("run", "--version", "devices", "devices", "validate", "bench", "bench"),
        commands.stream().map(command -> command.strip().split(" ", -1)[0]).toList());
  }
}
