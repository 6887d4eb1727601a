package dev.rocmforge.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A kernel that may start early must wait: one that forgot would read what is not written yet, and
 * only on a card that starts kernels early, and only sometimes.
 */
class EarlyStartTest {
  private static final Pattern MARK = Pattern.compile("RF_EARLY\\((\\w+)\\)");
  private static final Pattern FUNCTION =
      Pattern.compile("(?m)^RF_(?:DEVICE|KERNEL)[^;{]*?\\b(\\w+)\\(");
  private static final String WAIT = "wait_for_previous();";

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(String end) {
    try (Stream<Path> files = Files.walk(Project.root().resolve("kernels"))) {
      return files
          .filter(file -> file.toString().endsWith(end))
          .filter(file -> !file.toString().contains("/lab/"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From a function's name to the brace that ends it. */
  private static String body(String text, int from) {
    int end = text.indexOf("\n}", from);
    return text.substring(from, end < 0 ? text.length() : end);
  }

  /** What waits, or calls what waits. */
  private static List<String> waiting() {
    List<String> waiting = new ArrayList<>(List.of(WAIT));
    for (Path file : files(".h")) {
      String text = text(file);
      Matcher function = FUNCTION.matcher(text);
      while (function.find()) {
        if (body(text, function.start()).contains(WAIT)
            && !function.group(1).equals("wait_for_previous")) {
          waiting.add(function.group(1));
        }
      }
    }
    return waiting;
  }

  @Test
  void everyKernelThatStartsEarlyWaits() {
    List<String> waiting = waiting();
    List<String> wrong = new ArrayList<>();
    int marks = 0;
    for (Path file : files(".hip")) {
      String text = text(file);
      Matcher mark = MARK.matcher(text);
      while (mark.find()) {
        marks++;
        int kernel = text.indexOf(" " + mark.group(1) + "(", mark.end());
        String body = kernel < 0 ? "" : body(text, kernel);
        if (!body.contains("let_next_start();") || waiting.stream().noneMatch(body::contains)) {
          wrong.add(file.getFileName() + ": " + mark.group(1));
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertFalse(marks < 20, () -> "marks of early kernels found: too few to be all of them");
  }
}
