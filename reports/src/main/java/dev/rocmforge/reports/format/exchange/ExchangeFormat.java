package dev.rocmforge.reports.format.exchange;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.ImportedRecord;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of exchange formats; everything about one is in its class. */
public enum ExchangeFormat {
  LLAMA_BENCH_JSON("llama-bench-json", new LlamaBench.Json()),
  LLAMA_BENCH_JSONL("llama-bench-jsonl", new LlamaBench.JsonLines()),
  LLAMA_BENCH_CSV("llama-bench-csv", new LlamaBench.Csv()),
  JMH("jmh", new JmhJson()),
  GITHUB_ACTION_BENCHMARK("github-action-benchmark", new GithubActionBenchmark()),
  BENCHER("bencher", new BencherMetrics()),
  OPENMETRICS("openmetrics", new OpenMetrics());

  private final String word;

  @SuppressWarnings("ImmutableEnumChecker") // formats are stateless
  private final Exchange exchange;

  ExchangeFormat(String word, Exchange exchange) {
    this.word = word;
    this.exchange = exchange;
  }

  /** How people name it. */
  public String word() {
    return word;
  }

  /** Whether rows of one name exclude each other: only the newest can be written. */
  public boolean onePerName() {
    return exchange.onePerName();
  }

  /**
   * A record's measurements that were finished at least once, each with its record; where the
   * format takes one row a name, the newest of each.
   */
  public List<Row> rows(List<RunRecord> records) {
    List<Row> all =
        records.stream()
            .sorted(Comparator.comparing(record -> record.environment().timestamp()))
            .flatMap(record -> record.measurements().stream().map(m -> new Row(record, m)))
            .filter(row -> !row.measurement().samples().repetitions().isEmpty())
            .filter(row -> exchange.holds(row.measurement().workload().kind()))
            .toList();
    if (!exchange.onePerName()) {
      return all;
    }
    Map<String, Row> newest = new LinkedHashMap<>();
    all.forEach(row -> newest.put(row.name(), row));
    return List.copyOf(newest.values());
  }

  /** The rows as the tool would write them, with a final line feed; the same in every locale. */
  public String write(List<Row> rows) {
    return exchange.write(rows);
  }

  /**
   * Reads a file of the tool.
   *
   * @param fileName without folders
   * @param bytes UTF-8
   * @throws ReportException naming file, place and what was found
   */
  public ImportedRecord read(String fileName, byte[] bytes) {
    List<ImportedFigure> figures;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      figures = exchange.read(fileName, text);
    } catch (CharacterCodingException e) {
      throw new ReportException(fileName + ": UTF-8 needed, other bytes found", e);
    }
    if (figures.isEmpty()) {
      throw new ReportException(fileName + ": no figure of the format " + word + " in it");
    }
    return new ImportedRecord(
        ImportedRecord.IMPORT_VERSION,
        word,
        fileName,
        sha256(bytes),
        exchange.losses(figures),
        figures);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** One measurement and the record it stands in. */
  public record Row(RunRecord record, Measurement measurement) {
    String name() {
      return RowLabels.of(this).name();
    }
  }
}
