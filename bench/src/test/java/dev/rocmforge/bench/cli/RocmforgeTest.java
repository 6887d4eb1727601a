package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

class RocmforgeTest {
  @Test
  void helpGoesToStdoutAndIsSuccess() {
    Said said = Said.by("--help").done();
    assertTrue(said.out().startsWith("Usage: rocmforge"), said::toString);
    assertEquals("", said.err());
  }

  @Test
  void nothingAtAllPrintsTheHelp() {
    assertEquals(Said.by("--help").out(), Said.by().done().out());
  }

  /** Every command and sub-command, whatever is added later. */
  @TestFactory
  Stream<DynamicTest> everyCommandHasHelp() {
    List<String> names = new ArrayList<>();
    names(Rocmforge.commandLine(), "", names);
    assertTrue(names.contains("run") && names.contains("bench"), names::toString);
    return names.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      Said said = Said.by((name + " --help").split(" ")).done();
                      assertTrue(said.out().startsWith("Usage: rocmforge " + name), said::toString);
                      assertEquals("", said.err());
                    }));
  }

  private static void names(CommandLine at, String prefix, List<String> names) {
    at.getSubcommands()
        .forEach(
            (name, command) -> {
              names.add(prefix + name);
              names(command, prefix + name + " ", names);
            });
  }

  @Test
  void deviceIsNotAnOption() {
    Said said = Said.by("--device", "gpu").refused(ExitCode.USAGE, "--device");
    assertEquals("", said.out());
    Said.by("run", "--device", "gpu").refused(ExitCode.USAGE, "--device");
  }

  @Test
  void wrongCommandLinesAreOneLineAndUsage() {
    for (List<String> words :
        List.of(
            List.of("no-such-command"),
            List.of("--prompt", "x"),
            List.of("run", "--max-tokens", "many"),
            List.of("run", "--model"),
            List.of("--model", "x", "bench"),
            List.of("bench", "--repetitions", "0", "--out", "target/unused"))) {
      Said said = Said.by(words.toArray(String[]::new)).refused(ExitCode.USAGE);
      assertEquals(1, said.err().lines().count(), said::toString);
      assertEquals("", said.out());
    }
  }

  @Test
  void completionIsAScript() {
    Said.by("generate-completion").done().prints("complete -F", "rocmforge", "--max-tokens");
  }

  @Test
  void aPromptThatLooksLikeAnArgumentFileIsAPrompt() {
    Said.by("-m", "lexicon-draft-q8_0", "--no-template", "-p", "@no/such/file", "--max-tokens", "1")
        .done();
  }
}
