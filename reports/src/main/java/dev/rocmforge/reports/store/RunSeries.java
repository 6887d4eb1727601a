package dev.rocmforge.reports.store;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Runs of one workload by the same code on the same machine, without what the gate's own test does
 * not need: the raw time of each repetition stays. As text a line a run, tab-separated: time, load
 * average or {@code -}, row, nanoseconds of the repetitions; before them {@code #} lines with what
 * ran where.
 *
 * @param row name of the workload
 * @param facts model, backend, hardware, build, in words
 * @param runs in the order they ran
 */
public record RunSeries(String row, List<String> facts, List<Run> runs) {
  private static final String HEAD = "# rocmforge series 1";

  /**
   * One run.
   *
   * @param timestamp of its beginning
   * @param load average of the last minute before it
   * @param repetitions whole time of each
   */
  public record Run(Instant timestamp, OptionalDouble load, Nanos repetitions) {
    /** Median time of a repetition in nanoseconds. */
    public double medianNanos() {
      return Distribution.of(repetitions).median();
    }
  }

  public RunSeries {
    facts = List.copyOf(facts);
    runs = List.copyOf(runs);
  }

  /** The median of each run in order. */
  public double[] medians() {
    return runs.stream().mapToDouble(Run::medianNanos).toArray();
  }

  /**
   * The series of records, one for each row.
   *
   * @param records of the same code on the same machine; others are refused
   */
  public static List<RunSeries> of(List<RunRecord> records) {
    Map<String, RunSeries> series = new LinkedHashMap<>();
    records.stream()
        .sorted(Comparator.comparing(record -> record.environment().timestamp()))
        .flatMap(record -> Row.of(record).stream())
        .forEach(row -> add(series, row));
    return List.copyOf(series.values());
  }

  private static void add(Map<String, RunSeries> series, Row row) {
    List<String> facts = facts(row);
    RunSeries known = series.get(row.name());
    if (known != null && !known.facts().equals(facts)) {
      throw new ReportException(
          "%s: runs of the same code on the same machine needed, found %s and %s"
              .formatted(row.name(), known.facts(), facts));
    }
    List<Run> runs = known == null ? new ArrayList<>() : new ArrayList<>(known.runs());
    runs.add(
        new Run(
            row.run().environment().timestamp(),
            row.run().environment().loadAverage(),
            Nanos.of(
                row.measurement().samples().repetitions().stream()
                    .mapToLong(Samples.Repetition::totalNanos)
                    .toArray())));
    series.put(row.name(), new RunSeries(row.name(), facts, runs));
  }

  private static List<String> facts(Row row) {
    return List.of(
        "model "
            + row.run().subject().model().fileName()
            + " "
            + row.run().subject().model().sha256(),
        "backend "
            + row.run().subject().backend().label()
            + ", runtime "
            + row.run().subject().deviceRuntime().label(),
        "hardware " + row.hardware(),
        "jar " + row.run().subject().build().jarSha256().orElse("none"));
  }

  /** All series as one text. */
  public static String text(List<RunSeries> all) {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    for (RunSeries series : all) {
      series.facts().forEach(fact -> out.append("# ").append(fact.replace('\n', ' ')).append('\n'));
      for (Run run : series.runs()) {
        out.append(run.timestamp()).append('\t');
        out.append(
            run.load().isPresent()
                ? String.format(Locale.ROOT, "%.2f", run.load().getAsDouble())
                : "-");
        out.append('\t').append(series.row()).append('\t');
        out.append(
            Arrays.stream(run.repetitions().toArray())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" ")));
        out.append('\n');
      }
    }
    return out.toString();
  }

  /**
   * Reads series: a text file as {@link #text} writes it, or a folder of records.
   *
   * @throws ReportException naming the file and line of what is no series
   */
  public static List<RunSeries> read(Path place) {
    if (Files.isDirectory(place)) {
      return of(History.in(place).read().records());
    }
    try {
      return parsed(place, Files.readAllLines(place));
    } catch (IOException e) {
      throw new ReportException(place + ": series not readable: " + e.getMessage(), e);
    }
  }

  private static List<RunSeries> parsed(Path place, List<String> lines) {
    if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
      throw new ReportException(place + ": no series: '" + HEAD + "' needed in its first line");
    }
    Map<String, RunSeries> series = new LinkedHashMap<>();
    List<String> facts = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("# ")) {
        if (!lines.get(i - 1).startsWith("#")) {
          facts.clear();
        }
        facts.add(line.substring(2));
        continue;
      }
      String[] fields = line.split("\t", -1);
      Run run = run(place + " line " + (i + 1), fields);
      RunSeries known = series.get(fields[2]);
      List<Run> runs = known == null ? new ArrayList<>() : new ArrayList<>(known.runs());
      runs.add(run);
      series.put(fields[2], new RunSeries(fields[2], known == null ? facts : known.facts(), runs));
    }
    return List.copyOf(series.values());
  }

  private static Run run(String place, String[] fields) {
    try {
      if (fields.length != 4) {
        throw new ReportException(
            place + ": time, load, row and nanoseconds needed, found " + fields.length + " fields");
      }
      return new Run(
          Instant.parse(fields[0]),
          fields[1].equals("-")
              ? OptionalDouble.empty()
              : OptionalDouble.of(Double.parseDouble(fields[1])),
          Nanos.of(Arrays.stream(fields[3].split(" ")).mapToLong(Long::parseLong).toArray()));
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new ReportException(place + ": no run of a series: " + e.getMessage(), e);
    }
  }
}
