package dev.rocmforge.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The size and naming rules as functions from sources to complaints; an empty list is a pass. */
final class HouseRules {
  static final int FILE_LINES = 500;
  static final int METHOD_LINES = 60;
  static final int PACKAGE_COMMENT_LEAST = 3;
  static final int PACKAGE_COMMENT_MOST = 10;

  private static final Pattern BAD_NAME =
      Pattern.compile(".*(Utils?|Helpers?|Managers?|Impl|Common|Misc|New|_[vV]\\d+)");
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

  private HouseRules() {}

  static List<String> longFiles(List<SourceFile> sources) {
    return sources.stream()
        .filter(s -> s.lines() > FILE_LINES)
        .map(s -> s.path() + ": " + s.lines() + " lines, at most " + FILE_LINES)
        .toList();
  }

  static List<String> longMethods(List<SourceFile> sources) {
    return sources.stream()
        .flatMap(
            s ->
                s.methods().stream()
                    .filter(m -> m.lines() > METHOD_LINES)
                    .map(
                        m ->
                            "%s: %s.%s has %d lines, at most %d"
                                .formatted(s.path(), m.type(), m.name(), m.lines(), METHOD_LINES)))
        .toList();
  }

  static List<String> emptyNames(List<SourceFile> sources) {
    return sources.stream()
        .flatMap(
            s ->
                s.types().stream()
                    .filter(t -> BAD_NAME.matcher(t.substring(t.lastIndexOf('.') + 1)).matches())
                    .map(t -> s.path() + ": " + t + " says nothing of what it is"))
        .toList();
  }

  static List<String> disabledTests(List<SourceFile> sources) {
    return sources.stream()
        .filter(s -> s.annotations().contains("Disabled"))
        .map(s -> s.path() + ": a disabled test tests nothing")
        .toList();
  }

  /** Packages that hold types but no package-info.java. */
  static List<String> unexplainedPackages(List<SourceFile> sources) {
    Map<String, Boolean> explained = new TreeMap<>();
    for (SourceFile source : sources) {
      explained.merge(source.packageName(), isPackageInfo(source), Boolean::logicalOr);
    }
    return explained.keySet().stream()
        .filter(p -> !explained.get(p))
        .map(p -> p + ": no package-info.java")
        .toList();
  }

  static boolean isPackageInfo(SourceFile source) {
    return source.path().endsWith("package-info.java");
  }

  /** The comment of a package-info.java has 3 to 10 lines, those of its delimiters included. */
  static List<String> packageComment(String path, String text) {
    int end = text.indexOf("\npackage ");
    long lines = text.substring(0, Math.max(end, 0)).lines().count();
    boolean fits = lines >= PACKAGE_COMMENT_LEAST && lines <= PACKAGE_COMMENT_MOST;
    return fits
        ? List.of()
        : List.of(
            "%s: %d lines of comment, %d to %d needed"
                .formatted(path, lines, PACKAGE_COMMENT_LEAST, PACKAGE_COMMENT_MOST));
  }

  /** Words that mark unfinished work. */
  static List<String> unfinished(String path, Stream<String> lines) {
    List<String> found = new ArrayList<>();
    int[] number = {0};
    lines.forEach(
        line -> {
          number[0]++;
          if (UNFINISHED.matcher(line).find()) {
            found.add(path + ":" + number[0] + ": " + line.strip());
          }
        });
    return found;
  }

  /** Whether a tracked file is text in which unfinished work could be marked. */
  static boolean isText(String name) {
    Set<String> endings =
        Set.of("java", "md", "hip", "h", "hpp", "c", "cpp", "S", "sh", "xml", "json", "yml", "py");
    return endings.contains(name.substring(name.lastIndexOf('.') + 1))
        || name.startsWith("ci/")
        || name.equals("rocmforge");
  }

  static List<String> tooLarge(String what, long bytes, long most) {
    return bytes <= most
        ? List.of()
        : List.of("%s: %d bytes, at most %d".formatted(what, bytes, most));
  }
}
