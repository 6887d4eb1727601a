package dev.rocmforge.house;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** What a documented row may name: the project's tests, its commands with their options, files. */
final class Coverage {
  private final Path root;
  private final CommandLine command;
  private final Set<String> tests = new HashSet<>();

  Coverage(Path root, CommandLine command, Collection<SourceFile> testSources) {
    this.root = root;
    this.command = command;
    for (SourceFile source : testSources) {
      for (SourceFile.Method method : source.methods()) {
        tests.add(method.type() + "#" + method.name());
        tests.add(source.packageName() + "." + method.type() + "#" + method.name());
      }
    }
  }

  /** Complaints on one row: tests and commands that do not exist. */
  List<String> complaints(Documented row) {
    List<String> complaints = new ArrayList<>();
    for (String test : row.tests()) {
      boolean script = test.startsWith("ci/") && Files.isExecutable(root.resolve(test));
      if (!script && !tests.contains(test)) {
        complaints.add(row.id() + ": no test " + test);
      }
    }
    for (String typed : row.commands()) {
      String complaint = complaint(typed);
      if (!complaint.isEmpty()) {
        complaints.add(row.id() + ": " + typed + ": " + complaint);
      }
    }
    return complaints;
  }

  private String complaint(String typed) {
    List<String> words =
        Arrays.stream(typed.split(" "))
            .dropWhile(word -> word.matches("[A-Z][A-Z0-9_]*=.*"))
            .collect(Collectors.toCollection(ArrayList::new));
    if (words.isEmpty()) {
      return "no command after the variables";
    }
    String first = words.removeFirst();
    if (first.equals("rocmforge") || first.equals("./rocmforge")) {
      return commandComplaint(command, words);
    }
    if (first.equals("mvn")) {
      return "";
    }
    return Files.exists(root.resolve(first)) ? "" : "no file " + first;
  }

  /**
   * Follows subcommands by name and asks for every option on the command reached; other words are
   * values.
   */
  private static String commandComplaint(CommandLine start, List<String> words) {
    CommandLine at = start;
    for (String word : words) {
      Map<String, CommandLine> below = at.getSubcommands();
      if (below.containsKey(word)) {
        at = below.get(word);
      } else if (word.startsWith("-") && !word.matches("-?-?[0-9.]+")) {
        String option = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        if (at.getCommandSpec().findOption(option) == null) {
          return at.getCommandName() + " has no option " + option;
        }
      } else if (words.getFirst().equals(word)) {
        return "no subcommand " + word;
      }
    }
    return "";
  }
}
