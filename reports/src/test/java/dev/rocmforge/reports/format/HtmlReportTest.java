package dev.rocmforge.reports.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.Histories;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.KernelSpeed;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.store.KernelSpeedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final KernelSpeedFile SPEEDS =
      new KernelSpeedFile(
          "NVIDIA H100 80GB HBM3 on nvidia, sm_90",
          List.of(new KernelSpeed("q4_0/gemv_q8", 18944, 3584, 17.43, 2191, 12.77, 2990, true)));

  /** Small enough to read: two machines, few tokens, every section of the page. */
  public static Report small() {
    return new Report(
        Histories.of(8, 1, 2, 3, 6, 0, 512),
        Histories.kernels(),
        List.of(SPEEDS),
        2,
        Optional.of("report-records.jsonl"));
  }

  @Test
  void theReportIsSealedInEveryLocaleAndTimeZone() throws IOException {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      for (Locale other : List.of(Locale.ROOT, Locale.GERMANY, Locale.forLanguageTag("ar-EG"))) {
        Locale.setDefault(other);
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        GoldenFile.assertMatches("report.html", Html.page(small()));
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void theOrderOfTheRecordsDoesNotMatterNorTheWayThroughAFile() {
    List<RunRecord> stored = new ArrayList<>();
    small().runs().forEach(r -> stored.add(RecordCodec.read("here", RecordCodec.line(r))));
    Collections.reverse(stored);
    Report other = new Report(stored, Histories.kernels(), List.of(SPEEDS), 2, small().rest());
    assertEquals(Html.page(small()), Html.page(other));
  }

  @Test
  void whatIsHiddenAndWhatIsShownIsEverything() {
    Report report = small();
    assertEquals(2, report.shown().size());
    assertEquals(6, report.hidden().size());
    assertFalse(report.hidden().stream().anyMatch(report.shown()::contains));
  }

  @Test
  void aStepInTheHistoryIsSeen() {
    String page =
        Html.page(
            new Report(Histories.of(40, 1, 1, 5, 8, 0), List.of(), List.of(), 1, Optional.empty()));
    assertTrue(page.contains("id=\"history\""));
    assertTrue(page.contains("<h2 id=\"summary\">Summary</h2>"));
  }

  @Test
  void aFailedKernelIsNamedWithItsCase() {
    String page = Html.page(small());
    assertTrue(page.contains("element 17: 3.25 needed, 4.5 found"));
    assertTrue(page.contains("q4_k/gemv: 37.5, FAILED"), "in the chart's description");
  }

  @Test
  void kernelsAloneMakeAPage() {
    List<CheckRecord> checks = Histories.kernels();
    String page = Html.page(new Report(List.of(), checks, List.of(), 1, Optional.empty()));
    assertTrue(page.contains("Kernel errors against their bounds"));
    assertFalse(page.contains("Newest run"));
  }

  /** A sweep leaves a record a cell; the page shows one of them in full and all in the matrix. */
  @Test
  void everyCellOfASweepIsInTheMatrix() {
    List<RunRecord> cells = new ArrayList<>();
    for (String kernels : List.of("scalar", "dot4", "wmma")) {
      cells.add(cell(cells.size(), kernels, "1".repeat(64), Specimens.checks()));
    }
    cells.add(cell(3, "dot2", "1".repeat(64), List.of()));
    cells.add(cell(4, "dot4", "2".repeat(64), Specimens.checks()));
    String page = Html.page(new Report(cells, List.of(), List.of(), 1, Optional.empty()));
    String matrix = page.substring(page.indexOf("id=\"features-0\""));
    matrix = matrix.substring(0, matrix.indexOf("</table>"));
    assertEquals(4, matrix.split("kernels=", -1).length - 1, matrix);
    assertEquals(1, matrix.split("(1.00×)", -1).length - 1, "wmma, of the same build: " + matrix);
    assertTrue(matrix.contains("(other build)"), "dot4, measured again with another jar");
    assertTrue(matrix.contains("<s>"), "dot2, which nobody checked");
  }

  private static RunRecord cell(int minutes, String kernels, String jar, List<CheckRecord> checks) {
    RunRecord run = Specimens.record("m", "h", checks);
    Environment e = run.environment();
    Environment later =
        new Environment(
            e.timestamp().plusSeconds(60L * minutes),
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
            e.variables());
    Measurement decode = run.measurements().getLast();
    Workload w = decode.workload();
    Workload workload =
        new Workload(
            w.kind(),
            w.promptTokens(),
            w.generatedTokens(),
            w.depth(),
            w.batch(),
            w.threads(),
            w.kvType(),
            "sweep",
            w.seed(),
            w.promptSha256(),
            w.repetitions(),
            w.warmUp(),
            new TreeMap<>(Map.of("kernels", kernels)));
    Subject s = run.subject();
    Build build = new Build("0.1.0", Optional.empty(), Optional.of(jar), new TreeMap<>());
    return RunRecord.of(
        run.status(),
        new Subject(s.model(), s.backend(), s.deviceRuntime(), build),
        later,
        List.of(new Measurement(workload, decode.samples(), decode.traffic())),
        checks);
  }
}
