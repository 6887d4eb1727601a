package dev.rocmforge.reports.format.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.BackendKind;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.ImportedRecord;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.record.Traffic;
import dev.rocmforge.reports.record.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExchangeTest {
  private static final String EMPTY_SHA256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  /** Prefill and decode with hostile names, checked; and two operations, unchecked. */
  private static List<RunRecord> records() {
    RunRecord whole = Specimens.record("a,b \"c\" <d>\n\\e", "host", Specimens.checks());
    Random random = new Random(3);
    RunRecord run =
        RunRecord.of(
            whole.status(),
            whole.subject(),
            whole.environment(),
            List.of(Specimens.prefill(random, 512, 580e6), Specimens.decode(random, 4, 58e6)),
            whole.checks());
    return List.of(run, operations());
  }

  private static RunRecord operations() {
    Subject subject =
        new Subject(
            ModelFile.NONE, BackendKind.VECTOR, DeviceRuntime.CPU, Specimens.subject("m").build());
    return RunRecord.of(
        Status.complete(),
        subject,
        Specimens.environment("host"),
        List.of(
            operation(Map.of("operation", "MatrixVector.multiply", "type", "Q4_0"), 11_000_123),
            operation(Map.of("operation", "Norm.rms"), 50_077)),
        List.of());
  }

  private static Measurement operation(Map<String, String> settings, long nanos) {
    Workload workload =
        new Workload(
            Workload.Kind.OPERATION,
            0,
            0,
            0,
            1,
            2,
            "none",
            "jmh",
            0,
            EMPTY_SHA256,
            3,
            new Workload.WarmUp(2, false, "as many as asked for: 2"),
            new TreeMap<>(settings));
    List<Samples.Repetition> repetitions =
        LongStream.of(nanos, nanos + 1007, nanos - 3)
            .mapToObj(Samples.Repetition::prefill)
            .toList();
    return new Measurement(
        workload,
        new Samples(repetitions, Nanos.of(nanos * 2, nanos)),
        Optional.of(new Traffic(2_451_456, "weights once")));
  }

  private static String written(ExchangeFormat format) {
    return format.write(format.rows(records()));
  }

  private static ImportedRecord read(ExchangeFormat format, String text) {
    return format.read("file", text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ExchangeTest.class.getResourceAsStream("/exchange/" + name)) {
      return in.readAllBytes();
    }
  }

  /** In the root locale and in one that writes commas. */
  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsSealed(ExchangeFormat format) throws IOException {
    Locale before = Locale.getDefault();
    try {
      for (Locale locale : List.of(Locale.ROOT, Locale.GERMANY)) {
        Locale.setDefault(locale);
        GoldenFile.assertMatches("exchange/" + format.word() + ".txt", written(format));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  /** What a format can hold comes back exactly, in every locale. */
  @ParameterizedTest
  @EnumSource
  void samplesComeBack(ExchangeFormat format) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      List<ExchangeFormat.Row> rows = format.rows(records());
      boolean operations = !format.word().startsWith("llama-bench");
      assertEquals(operations ? 4 : 2, rows.size());
      ImportedRecord back = read(format, format.write(rows));
      List<ImportedFigure> sampled =
          back.figures().stream().filter(figure -> !figure.samples().isEmpty()).toList();
      boolean holdsSamples =
          switch (format) {
            case LLAMA_BENCH_CSV, GITHUB_ACTION_BENCHMARK, BENCHER -> false;
            default -> true;
          };
      assertEquals(holdsSamples ? rows.size() : 0, sampled.size());
      assertTrue(holdsSamples || back.losses().toString().contains("samples"), back::toString);
      for (int i = 0; i < sampled.size(); i++) {
        assertEquals(nanos(rows.get(i)), nanos(sampled.get(i), rows.get(i)));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  private static List<Long> nanos(ExchangeFormat.Row row) {
    return Arrays.stream(row.measurement().samples().totalNanos().toArray()).boxed().toList();
  }

  private static List<Long> nanos(ImportedFigure figure, ExchangeFormat.Row row) {
    boolean operation = row.measurement().workload().kind() == Workload.Kind.OPERATION;
    double scale =
        switch (figure.unit()) {
          case "ns" -> 1;
          case "ns/op" -> operation ? 1000 : 1;
          case "seconds" -> 1e9;
          default -> throw new AssertionError(figure.unit());
        };
    return figure.samples().stream().map(sample -> Math.round(sample * scale)).toList();
  }

  /** Another model, setting, machine or verdict is another name; the newest of a name is kept. */
  @Test
  void namesTellApartWhatDoesNotCompare() {
    ExchangeFormat format = ExchangeFormat.BENCHER;
    RunRecord one = Specimens.record("m", "h", Specimens.checks());
    RunRecord unchecked = Specimens.record("m", "h", List.of());
    assertEquals(3, format.rows(List.of(one, one)).size());
    assertEquals(6, format.rows(List.of(one, unchecked)).size());
    assertEquals(6, ExchangeFormat.LLAMA_BENCH_JSON.rows(List.of(one, one)).size());
    assertTrue(
        format.write(format.rows(List.of(unchecked))).contains("output UNCHECKED"),
        "an unchecked speed must not look like a checked one");
    assertTrue(written(ExchangeFormat.OPENMETRICS).contains("output=\"passed\""));
  }

  /** What the imported files say, sealed; nothing is there that they do not say. */
  @Test
  void importsAreSealed() throws IOException {
    Map<String, ExchangeFormat> files =
        new TreeMap<>(
            Map.of(
                "llama-bench.json", ExchangeFormat.LLAMA_BENCH_JSON,
                "llama-bench.csv", ExchangeFormat.LLAMA_BENCH_CSV,
                "github-action-benchmark.json", ExchangeFormat.GITHUB_ACTION_BENCHMARK,
                "bencher.json", ExchangeFormat.BENCHER,
                "jmh.json", ExchangeFormat.JMH,
                "openmetrics.txt", ExchangeFormat.OPENMETRICS));
    StringBuilder all = new StringBuilder();
    for (var file : files.entrySet()) {
      ImportedRecord record = file.getValue().read(file.getKey(), resource(file.getKey()));
      String line = RecordCodec.line(record);
      assertEquals(record, RecordCodec.readEntry("here", line));
      all.append(line).append('\n');
    }
    GoldenFile.assertMatches("exchange/imports.jsonl", all.toString());
  }

  @Test
  void llamaBenchSaysOfItselfWhatItSaid() throws IOException {
    ImportedRecord record =
        ExchangeFormat.LLAMA_BENCH_JSON.read("run.json", resource("llama-bench.json"));
    ImportedFigure prefill = record.figures().getFirst();
    assertEquals("pp512", prefill.name());
    assertEquals("tg128", record.figures().get(1).name());
    assertEquals(
        List.of(74601900.0, 71632900.0, 71745200.0, 71952700.0, 70745500.0), prefill.samples());
    assertEquals(72135640, prefill.value().orElseThrow());
    assertEquals("NVIDIA GeForce RTX 4080", prefill.labels().get("gpu_info"));
    assertEquals("Qwen2.5-7B-Instruct-Q4_K_M.gguf", prefill.labels().get("model_filename"));
    ImportedRecord table =
        ExchangeFormat.LLAMA_BENCH_CSV.read("run.csv", resource("llama-bench.csv"));
    assertEquals(List.of(), table.figures().getFirst().samples());
    assertEquals(70285660, table.figures().getFirst().value().orElseThrow());
    assertTrue(table.losses().getFirst().contains("without samples"));
  }

  /** Score, error, interval and percentiles of JMH's own raw data come out as JMH has them. */
  @Test
  void jmhComputesTheSame() throws IOException {
    String text = new String(resource("jmh.json"), StandardCharsets.UTF_8);
    List<ImportedFigure> figures = read(ExchangeFormat.JMH, text).figures();
    assertEquals(4, figures.size());
    for (int i = 0; i < 2; i++) {
      JsonNode jmh = JsonText.read("jmh", text).path(i).path("primaryMetric");
      ImportedFigure figure = figures.get(2 * i);
      assertEquals(6, figure.samples().size());
      ObjectNode ours = JsonText.object();
      JmhJson.metric(ours, figure.samples().stream().mapToDouble(Double::doubleValue).toArray());
      for (String field : List.of("score", "scoreError")) {
        near(jmh.path(field), ours.path(field));
      }
      for (int end = 0; end < 2; end++) {
        near(jmh.path("scoreConfidence").path(end), ours.path("scoreConfidence").path(end));
      }
      for (var percentile : jmh.path("scorePercentiles").properties()) {
        near(percentile.getValue(), ours.path("scorePercentiles").path(percentile.getKey()));
      }
    }
  }

  private static void near(JsonNode expected, JsonNode actual) {
    assertEquals(
        expected.doubleValue(), actual.doubleValue(), 1e-9 * Math.abs(expected.doubleValue()));
  }

  @Test
  void errorsNameThePlace() throws IOException {
    refused(ExchangeFormat.LLAMA_BENCH_JSON, "{}", "file: an array needed, {} found");
    refused(ExchangeFormat.LLAMA_BENCH_JSON, "[1]", "file: row 1: an object needed, 1 found");
    refused(ExchangeFormat.LLAMA_BENCH_JSONL, "{\"n_prompt\":1}", "file: line 1: n_gen: a number");
    refused(ExchangeFormat.LLAMA_BENCH_CSV, "a,b\n\"1", "file: a quotation mark at character 4");
    refused(
        ExchangeFormat.LLAMA_BENCH_CSV,
        new String(resource("llama-bench-short-row.csv"), StandardCharsets.UTF_8),
        "file: row 1: 42 values needed, 41 found");
    refused(ExchangeFormat.JMH, "[{\"benchmark\":\"b\"}]", "file: row 1: primaryMetric: an object");
    refused(ExchangeFormat.GITHUB_ACTION_BENCHMARK, "[]", "file: no figure of the format");
    refused(ExchangeFormat.BENCHER, "{\"a\":{\"b\":{}}}", "file: a: b: value: a number needed");
    refused(ExchangeFormat.OPENMETRICS, "a 1\n", "file: # EOF needed");
    refused(ExchangeFormat.OPENMETRICS, "a{b=\"c} 1\n# EOF\n", "file: line 1: 'name{");
    refused(ExchangeFormat.OPENMETRICS, "a 1\na 2\n# EOF\n", "file: line 2: a stands there twice");
  }

  private static void refused(ExchangeFormat format, String text, String message) {
    ReportException e = assertThrows(ReportException.class, () -> read(format, text));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  /** A damaged file is read or refused in one line; nothing else can happen. */
  @ParameterizedTest
  @EnumSource
  void damagedFilesAreReadOrRefused(ExchangeFormat format) {
    String whole = written(format);
    Random random = new Random(17);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder(whole);
      int at = random.nextInt(text.length());
      switch (i % 3) {
        case 0 -> text.setLength(at);
        case 1 -> text.deleteCharAt(at);
        default -> text.setCharAt(at, "\"{}[],:\\\n# x".charAt(random.nextInt(12)));
      }
      try {
        assertFalse(read(format, text.toString()).figures().isEmpty());
      } catch (ReportException e) {
        refused++;
        assertTrue(e.getMessage().startsWith("file: "), e.getMessage());
      }
    }
    assertTrue(refused > 50, "only " + refused + " refused");
  }
}
