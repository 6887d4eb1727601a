package dev.rocmforge.reports.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.Specimens;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final ObjectMapper PLAIN = new ObjectMapper();

  @Test
  void aRecordReadsBackEqualAndWritesTheSameBytes() {
    for (RunRecord record : List.of(Specimens.cpuRun(), gpuRun())) {
      RunRecord back = RecordCodec.read("here", RecordCodec.line(record));
      assertEquals(record, back);
      assertEquals(RecordCodec.line(record), RecordCodec.line(back));
      assertEquals(record, RecordCodec.read("here", RecordCodec.pretty(record)));
    }
    assertFalse(RecordCodec.line(gpuRun()).contains("\n"));
  }

  @Test
  void theJsonIsSealed() throws IOException {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      GoldenFile.assertMatches("run-record.json", RecordCodec.pretty(Specimens.cpuRun()));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theSchemaAcceptsWhatIsWritten() throws IOException {
    for (RunRecord record : List.of(Specimens.cpuRun(), gpuRun(), partialRun())) {
      var errors = schema().validate(PLAIN.readTree(RecordCodec.line(record)));
      assertTrue(errors.isEmpty(), errors::toString);
    }
  }

  /** Whatever single field goes missing or is renamed, both the schema and the reader refuse. */
  @Test
  void everyFieldIsNeeded() throws IOException {
    JsonNode whole = PLAIN.readTree(RecordCodec.line(gpuRun()));
    int[] fields = {0};
    forEachField(
        whole,
        (parent, field) -> {
          JsonNode value = parent.remove(field);
          String text = whole.toString();
          assertFalse(schema().validate(whole).isEmpty(), field + " is missing");
          assertThrows(ReportException.class, () -> RecordCodec.read("here", text), field);
          parent.set(field + "X", value);
          assertFalse(schema().validate(whole).isEmpty(), field + " is renamed");
          parent.remove(field + "X");
          parent.set(field, value);
          fields[0]++;
        });
    assertTrue(fields[0] > 60, "visited " + fields[0]);
  }

  @Test
  void anUnknownVersionIsRefusedWithBothVersions() {
    String newer =
        RecordCodec.line(Specimens.cpuRun())
            .replace("\"schemaVersion\":1,", "\"schemaVersion\":7,");
    ReportException error =
        assertThrows(ReportException.class, () -> RecordCodec.read("runs.jsonl line 3", newer));
    assertEquals(
        "runs.jsonl line 3: schema version 7, but this rocmforge reads version 1 only",
        error.getMessage());
  }

  @Test
  void errorsNameThePlaceAndTheField() {
    String line = RecordCodec.line(Specimens.cpuRun());
    assertMessage(
        "a.json: subject.model: model.fileName: ",
        line.replace("qwen2.5-0.5b-instruct", "/home/me/qwen"));
    assertMessage("a.json: no JSON at character 60", line.substring(0, 60));
    assertMessage("a.json: no run record: a schemaVersion needed", "{}");
    assertMessage("a.json: no run record: a schemaVersion needed", "");
    assertMessage("a.json: environment.cores: ", line.replace("\"cores\":2", "\"cores\":2.5"));
    assertMessage("a.json: ", line + line);
  }

  /** Records of before the check stay as they were; a verdict needs its remarks. */
  @Test
  void aMachinesFitnessIsKeptWhereItWasLookedAt() throws IOException {
    RunRecord without = Specimens.cpuRun();
    Environment e = without.environment();
    TreeMap<String, String> facts = new TreeMap<>(java.util.Map.of("governor", "powersave"));
    Fitness restless = new Fitness(Fitness.Word.RESTLESS, List.of("clocks move"), facts);
    Environment looked =
        new Environment(
            e.timestamp(),
            e.host(),
            e.os(),
            e.cpuModel(),
            e.cores(),
            e.memoryBytes(),
            e.jvm(),
            e.jvmFlags(),
            e.loadAverage(),
            e.memoryBandwidth(),
            e.device(),
            e.variables(),
            Optional.of(restless));
    RunRecord with =
        RunRecord.of(without.status(), without.subject(), looked, List.of(), List.of());
    String line = RecordCodec.line(with);
    assertEquals(with, RecordCodec.read("here", line));
    assertTrue(schema().validate(PLAIN.readTree(line)).isEmpty());
    assertEquals(looked, looked.withDispatch(new TreeMap<>()), "kept beside what was chosen");
    assertFalse(RecordCodec.line(without).contains("fitness"));
    assertThrows(
        ReportException.class, () -> new Fitness(Fitness.Word.UNFIT, List.of(), new TreeMap<>()));
  }

  @Test
  void whatACheckFoundMayBeNoNumber() {
    RunRecord back = RecordCodec.read("here", RecordCodec.line(gpuRun()));
    assertTrue(Double.isNaN(back.checks().get(0).figures().get(0).value()));
    assertEquals(Correctness.FAILED, back.correctness());
  }

  @Test
  void withoutAPassedCheckARunIsUnchecked() {
    assertEquals(Correctness.UNCHECKED, Correctness.of(List.of()));
    assertEquals(
        Correctness.UNCHECKED, Correctness.of(List.of(CheckRecord.skipped("a", "no reference"))));
    assertEquals(Correctness.PASSED, Correctness.of(Specimens.checks()));
  }

  @Test
  void aRateIsComputedFromTheFastestPass() {
    Environment.Bandwidth bandwidth = new Environment.Bandwidth("read", 1000, Nanos.of(50, 40, 90));
    assertEquals(25.0, bandwidth.gigabytesPerSecond());
  }

  private static void assertMessage(String start, String json) {
    ReportException error =
        assertThrows(ReportException.class, () -> RecordCodec.read("a.json", json));
    assertTrue(error.getMessage().startsWith(start), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
  }

  private static RunRecord partialRun() {
    RunRecord whole = Specimens.cpuRun();
    return RunRecord.of(
        Status.partial("interrupted"), whole.subject(), whole.environment(), List.of(), List.of());
  }

  private static RunRecord gpuRun() {
    RunRecord cpu = Specimens.cpuRun();
    TreeMap<String, String> kernels = new TreeMap<>();
    kernels.put("q4_0/gemv", "ab".repeat(32));
    Build build = new Build("0.1.0", Optional.empty(), Optional.empty(), kernels);
    Environment.Device device =
        new Environment.Device("Example GPU", "gfx1100", 24L << 30, "7.1", "6.14");
    Environment old = cpu.environment();
    Environment environment =
        new Environment(
            old.timestamp(),
            old.host(),
            old.os(),
            old.cpuModel(),
            old.cores(),
            old.memoryBytes(),
            old.jvm(),
            old.jvmFlags(),
            OptionalDouble.empty(),
            old.memoryBandwidth(),
            Optional.of(device),
            new TreeMap<>(java.util.Map.of("ROCMFORGE_GRAPH", "on")));
    Subject subject = new Subject(cpu.subject().model(), BackendKind.GPU, DeviceRuntime.AMD, build);
    CheckRecord failed =
        CheckRecord.failed(
            "logits", "NaN at layer 3", List.of(Figure.atMost("error", Double.NaN, 1e-4)));
    return RunRecord.of(
        Status.complete(), subject, environment, cpu.measurements(), List.of(failed));
  }

  @Test
  void whatWasChosenOnTheDeviceIsKeptAndOlderRecordsLackIt() {
    RunRecord old = gpuRun();
    TreeMap<String, String> chosen = new TreeMap<>(java.util.Map.of("dot2", "on (dot2: fdot2)"));
    RunRecord run =
        RunRecord.of(
            old.status(),
            old.subject(),
            old.environment().withDispatch(chosen),
            old.measurements(),
            old.checks());
    assertFalse(RecordCodec.line(old).contains("dispatch"));
    assertEquals(old, RecordCodec.read("old", RecordCodec.line(old)));
    RunRecord read = RecordCodec.read("new", RecordCodec.line(run));
    assertEquals(chosen, read.environment().device().orElseThrow().dispatch());
    assertEquals(run, read);
  }

  private interface FieldVisitor {
    void visit(ObjectNode parent, String field) throws IOException;
  }

  private static void forEachField(JsonNode node, FieldVisitor visitor) throws IOException {
    if (node instanceof ObjectNode object) {
      if (!object.has("q4_0/gemv") && !object.has("ROCMFORGE_GRAPH")) {
        for (String field : object.properties().stream().map(e -> e.getKey()).toList()) {
          JsonNode child = object.get(field);
          visitor.visit(object, field);
          forEachField(child, visitor);
        }
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      forEachField(array.get(0), visitor);
    }
  }

  private static JsonSchema schema() throws IOException {
    try (InputStream in = RecordCodec.class.getResourceAsStream(RecordCodec.SCHEMA_RESOURCE)) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
    }
  }
}
