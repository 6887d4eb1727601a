package dev.rocmforge.reports.format.exchange;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.ImportedFigure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads OpenMetrics text line by line; used once. */
final class OpenMetricsReader {
  private static final Pattern LINE =
      Pattern.compile(
          "(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?<labels>(?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*+\")*+)\\})?"
              + " (?<value>[^ {}\"]+)( (?<time>[0-9.eE+-]+))?( # .*)?",
          Pattern.DOTALL);
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*+)\"(,|$)", Pattern.DOTALL);
  private static final String END = "# EOF";

  private final String place;
  private final Map<String, String> types = new HashMap<>();
  private final Map<String, String> units = new HashMap<>();
  private final Map<Series, List<Double>> samples = new LinkedHashMap<>();
  private boolean ended;

  /** What lines must share to be samples of one figure. */
  private record Series(String name, SortedMap<String, String> labels, boolean repeated) {}

  OpenMetricsReader(String place) {
    this.place = place;
  }

  List<ImportedFigure> read(String text) {
    int number = 0;
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    for (String line : body.split("\n", -1)) {
      number++;
      String at = place + ": line " + number;
      if (ended) {
        throw new ReportException(at + ": nothing may follow " + END);
      }
      if (line.startsWith("# ")) {
        comment(line);
      } else {
        sample(at, line);
      }
    }
    if (!ended) {
      throw new ReportException(
          place + ": " + END + " needed as the last line; the file is cut off");
    }
    List<ImportedFigure> figures = new ArrayList<>();
    samples.forEach((series, values) -> figures.add(figure(series, values)));
    return figures;
  }

  private void comment(String line) {
    if (line.equals(END)) {
      ended = true;
      return;
    }
    String[] words = line.split(" ", 4);
    if (words.length == 4) {
      switch (words[1]) {
        case "TYPE" -> types.put(words[2], words[3]);
        case "UNIT" -> units.put(words[2], words[3]);
        default -> {}
      }
    }
  }

  private void sample(String at, String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new ReportException(
          at + ": 'name{label=\"value\"} number' needed, '" + line + "' found");
    }
    SortedMap<String, String> labels = new TreeMap<>();
    String text = parts.group("labels") == null ? "" : parts.group("labels");
    Matcher label = LABEL.matcher(text);
    int end = 0;
    while (end < text.length() && label.find(end) && label.start() == end) {
      if (labels.put(label.group(1), unescaped(label.group(2))) != null) {
        throw new ReportException(at + ": label " + label.group(1) + " stands there twice");
      }
      end = label.end();
    }
    if (end < text.length()) {
      throw new ReportException(
          at + ": label=\"value\" needed, '" + text.substring(end) + "' found");
    }
    if (parts.group("time") != null) {
      labels.put("timestamp", parts.group("time"));
    }
    boolean repeated = labels.remove(OpenMetrics.REPETITION) != null;
    var series = new Series(parts.group("name"), labels, repeated);
    List<Double> values = samples.computeIfAbsent(series, _ -> new ArrayList<>());
    if (!repeated && !values.isEmpty()) {
      throw new ReportException(
          at + ": " + series.name() + " stands there twice with equal labels");
    }
    values.add(number(at, parts.group("value")));
  }

  private static double number(String at, String text) {
    try {
      return switch (text) {
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw new ReportException(at + ": a number needed, '" + text + "' found", e);
    }
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        c = text.charAt(++i);
        out.append(c == 'n' ? '\n' : c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private ImportedFigure figure(Series series, List<Double> values) {
    SortedMap<String, String> labels = new TreeMap<>(series.labels());
    String family = family(series.name());
    if (types.containsKey(family)) {
      labels.put("type", types.get(family));
    }
    return new ImportedFigure(
        series.name(),
        labels,
        units.getOrDefault(family, ""),
        ImportedFigure.Better.UNKNOWN,
        series.repeated() ? OptionalDouble.empty() : OptionalDouble.of(values.getFirst()),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        series.repeated() ? values : List.of());
  }

  /** Counters and the like put a word behind the family's name. */
  private String family(String name) {
    if (types.containsKey(name)) {
      return name;
    }
    return name.replaceFirst("_(total|created|count|sum|bucket|info|gsum|gcount)$", "");
  }
}
