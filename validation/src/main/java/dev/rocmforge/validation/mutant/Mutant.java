package dev.rocmforge.validation.mutant;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A planted fault; kernels/mutants/README.md describes its file.
 *
 * @param name of the file, without its ending
 * @param file the source, from the project's folder
 * @param operations whose cases must see it, such as {@code q4_0/gemv}
 * @param fault in words
 * @param equivalent why it changes no result, for those that are said not to
 */
public record Mutant(
    String name,
    String file,
    List<String> operations,
    String fault,
    Optional<String> equivalent,
    String original,
    String replacement) {
  private static final String ENDING = ".mutant";
  private static final String ORIGINAL = "--- original\n";
  private static final String REPLACEMENT = "\n--- replacement";

  public Mutant {
    operations = List.copyOf(operations);
  }

  /** All of a folder, by name. */
  public static List<Mutant> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Mutant> all = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
        String name = file.getFileName().toString();
        all.add(
            of(name.substring(0, name.length() - ENDING.length()), Files.readString(file), file));
      }
      return all;
    } catch (IOException e) {
      throw new InputException(folder + ": planted faults cannot be read: " + e.getMessage(), e);
    }
  }

  private static Mutant of(String name, String text, Path place) {
    int begin = text.indexOf(ORIGINAL);
    int middle = text.indexOf(REPLACEMENT, begin);
    if (begin < 0 || middle < begin + ORIGINAL.length()) {
      throw new InputException(place + ": '--- original' and then '--- replacement' needed");
    }
    String head = text.substring(0, begin);
    String rest = text.substring(middle + REPLACEMENT.length());
    // The line ends of the mark and of the file belong to neither text.
    String replacement = rest.startsWith("\n") ? rest.substring(1) : rest;
    return new Mutant(
        name,
        needed(head, "file", place),
        List.of(needed(head, "cases", place).split(" +", -1)),
        needed(head, "fault", place),
        line(head, "equivalent"),
        text.substring(begin + ORIGINAL.length(), middle),
        replacement.endsWith("\n")
            ? replacement.substring(0, replacement.length() - 1)
            : replacement);
  }

  private static String needed(String head, String key, Path place) {
    return line(head, key)
        .orElseThrow(() -> new InputException(place + ": a line '" + key + ": ...' needed"));
  }

  private static Optional<String> line(String head, String key) {
    return head.lines()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).strip())
        .findFirst();
  }

  /** Whether the fault lies in a reference rather than in a kernel. */
  public boolean inReference() {
    return file.endsWith(".java");
  }

  /**
   * The source with the fault.
   *
   * @throws InputException unless the original text occurs exactly once
   */
  String planted(String source) {
    int at = source.indexOf(original);
    boolean again = at >= 0 && source.indexOf(original, at + 1) >= 0;
    if (at < 0 || again || original.isEmpty()) {
      throw new InputException(
          name
              + ENDING
              + ": the original text must occur once in "
              + file
              + ", it occurs "
              + (at < 0 ? "not at all" : "more often"));
    }
    return source.substring(0, at) + replacement + source.substring(at + original.length());
  }
}
