package dev.rocmforge.reports.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.format.GateJunitXml;
import dev.rocmforge.reports.format.GateMarkdown;
import dev.rocmforge.reports.format.GithubAnnotations;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Verdict;
import dev.rocmforge.reports.store.Annotation;
import dev.rocmforge.reports.store.History;
import dev.rocmforge.reports.store.RunSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
  private static final GateSettings SETTINGS = GateSettings.standard();
  private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");
  private static final GateSpecimens OLD = GateSpecimens.of('a', GateSpecimens.MARCH);
  private static final GateSpecimens NEW = GateSpecimens.of('b', JUNE);

  @TempDir private Path folder;

  private static GateResult judge(List<RunRecord> baseline, List<RunRecord> candidate) {
    return Gate.judge(baseline, candidate, List.of(), SETTINGS);
  }

  private static Verdict only(GateResult result) {
    assertEquals(1, result.rows().size(), result::toString);
    return result.rows().getFirst().verdict().orElseThrow();
  }

  @Test
  void theWordsFollowTheTimes() {
    List<RunRecord> base = OLD.runs(50, 1, 1);
    assertEquals(Verdict.SAME, only(judge(base, NEW.runs(10, 1, 2))));
    assertEquals(Verdict.SLOWER, only(judge(base, NEW.runs(10, 1.05, 2))));
    assertEquals(Verdict.FASTER, only(judge(base, NEW.runs(10, 0.95, 2))));
    assertEquals(Verdict.INCONCLUSIVE, only(judge(base, NEW.runs(3, 1.05, 2))));
    assertEquals(Verdict.UNCHECKED, only(judge(base, NEW.unchecked().runs(10, 1, 2))));
    assertEquals(GateOutcome.PASS, judge(base, NEW.runs(10, 0.95, 2)).outcome());
    assertEquals(GateOutcome.REGRESSION, judge(base, NEW.runs(10, 1.05, 2)).outcome());
    assertEquals(GateOutcome.INCONCLUSIVE, judge(base, NEW.runs(3, 1, 2)).outcome());
    assertEquals(GateOutcome.REGRESSION, judge(base, NEW.unchecked().runs(9, 1, 2)).outcome());
  }

  @Test
  void theSameCodeIsNeverARegression() {
    GateSpecimens sameJar = GateSpecimens.of('a', JUNE);
    for (double factor : new double[] {1.05, 0.95}) {
      GateResult result = judge(OLD.runs(50, 1, 1), sameJar.runs(10, factor, 2));
      assertEquals(Verdict.ENVIRONMENT, only(result));
      assertEquals(GateOutcome.ENVIRONMENT, result.outcome());
      assertTrue(result.rows().getFirst().reason().contains("the same"), result::toString);
    }
    assertEquals(Verdict.SAME, only(judge(OLD.runs(50, 1, 1), sameJar.runs(10, 1, 2))));
    List<RunRecord> mixed = new ArrayList<>(OLD.runs(49, 1, 1));
    mixed.addAll(NEW.runs(1, 1, 5));
    assertEquals(Verdict.SLOWER, only(judge(mixed, sameJar.runs(10, 1.05, 2))));
  }

  @Test
  void aBusyMachineIsNoRegression() {
    GateResult result = judge(OLD.runs(50, 1, 1), NEW.busy().runs(10, 1.3, 2));
    assertEquals(Verdict.ENVIRONMENT, only(result));
    assertTrue(result.rows().getFirst().reason().contains("load 0.3 in the"), result::toString);
    assertEquals(
        Verdict.SLOWER, only(judge(OLD.busy().runs(50, 1, 1), NEW.busy().runs(10, 1.3, 2))));
  }

  @Test
  void missingRowsFailAndNewRowsAreListed() {
    RunRecord whole = OLD.run(0, Specimens.cpuRun().measurements());
    RunRecord part = NEW.run(0, whole.measurements().subList(0, 2));
    GateResult less = judge(List.of(whole), List.of(part));
    assertEquals(GateOutcome.REGRESSION, less.outcome());
    assertEquals(
        List.of("tg128"),
        less.rows().stream()
            .filter(row -> row.kind() == GateRow.Kind.MISSING)
            .map(GateRow::name)
            .toList());
    GateResult more = judge(List.of(part), List.of(whole));
    assertEquals(GateOutcome.INCONCLUSIVE, more.outcome());
    GateRow fresh = more.rows().getLast();
    assertEquals("new", fresh.word());
    assertEquals(GateOutcome.PASS, fresh.outcome());
  }

  /** Another model's rows compare with nothing, and the refusal says in what they differ. */
  @Test
  void nothingComparableIsTheEnvironment() {
    RunRecord other = Specimens.cpuRun();
    assertEquals(GateOutcome.ENVIRONMENT, judge(List.of(), List.of(other)).outcome());
    GateResult depth =
        judge(
            OLD.runs(5, 1, 1),
            List.of(NEW.run(0, List.of(Specimens.decode(new Random(1), 8, 1e6)))));
    assertEquals(GateOutcome.ENVIRONMENT, depth.outcome());
  }

  @Test
  void annotatedChangesAndUncheckedRunsAreLeftOutAndCounted() {
    List<RunRecord> base = new ArrayList<>(OLD.runs(20, 1.2, 1));
    Instant change = JUNE.minusSeconds(3600L * 24 * 10);
    base.addAll(GateSpecimens.of('c', change).runs(20, 1, 3));
    base.addAll(GateSpecimens.of('c', change.plusSeconds(60)).unchecked().runs(2, 3, 4));
    Annotation annotation = Annotation.of(change, "pp64", "new driver");
    GateResult result = Gate.judge(base, NEW.runs(10, 1, 2), List.of(annotation), SETTINGS);
    assertEquals(Verdict.SAME, only(result));
    GateRow row = result.rows().getFirst();
    assertEquals(20, row.baselineRuns());
    assertEquals(2, row.notes().size(), row::toString);
    assertTrue(row.notes().getFirst().startsWith("20 earlier runs left out"), row::toString);
  }

  @Test
  void pairsCancelWhatSlowsBoth() {
    List<RunRecord> a = new ArrayList<>();
    List<RunRecord> b = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      double busy = 1 + 0.1 * i;
      a.add(GateSpecimens.of('a', JUNE.plusSeconds(120L * i)).runs(1, busy, i).getFirst());
      b.add(
          GateSpecimens.of('b', JUNE.plusSeconds(60 + 120L * i))
              .runs(1, 1.05 * busy, 99 + i)
              .getFirst());
    }
    assertEquals(Verdict.SLOWER, only(Gate.judgePairs(a, b, SETTINGS)));
    assertEquals(Verdict.INCONCLUSIVE, only(judge(a, b)));
    assertTrue(Gate.judgePairs(a, b, SETTINGS).facts().toString().contains("jar aaaaaaaaaaaa"));
  }

  @Test
  void everyFormIsSealed() throws IOException {
    RunRecord whole = OLD.run(0, Specimens.cpuRun().measurements());
    List<RunRecord> base = new ArrayList<>(OLD.runs(50, 1, 1));
    base.add(whole);
    List<RunRecord> candidate = new ArrayList<>(NEW.runs(10, 1.05, 2));
    candidate.add(NEW.run(30, List.of(Specimens.prefill(new Random(1), 16, 1e7))));
    GateResult result = judge(base, candidate);
    assertEquals(GateOutcome.REGRESSION, result.outcome());
    GoldenFile.assertMatches("gate.md", GateMarkdown.summary(result));
    GoldenFile.assertMatches("gate.xml", GateJunitXml.report(result));
    GoldenFile.assertMatches("gate-github.txt", GithubAnnotations.lines(result));
  }

  @Test
  void settingsSayWhatIsWrongWithThem() {
    String text =
        """
        {"schemaVersion": 1, "significance": 0.005, "power": 0.9, "smallestChange": 0.01,
         "detect": 0.05, "minimumRuns": 5, "baselineRuns": 50, "mostNoise": 0.2,
         "rows": [{"row": "tg*", "detect": 0.2}, {"row": "*", "minimumRuns": 8}]}
        """;
    GateSettings read = GateSettings.read("gate.json", text);
    assertEquals(0.2, read.of("tg128 @ d64").detect());
    assertEquals(5, read.of("tg128 @ d64").minimumRuns());
    assertEquals(8, read.of("pp512").minimumRuns());
    assertEquals(0.0025, read.sharedBy(2).of("pp512").significance());
    for (String wrong :
        List.of(
            text.replace("0.9", "95"),
            text.replace("Version\": 1", "Version\": 2"),
            text.replace("detect", "detekt"),
            "[]")) {
      String message =
          assertThrows(ReportException.class, () -> GateSettings.read("gate.json", wrong))
              .getMessage();
      assertTrue(message.startsWith("gate.json: "), message);
    }
  }

  @Test
  void aBaselineTakesOtherCodeOnlyWithAReason() {
    Baseline baseline = Baseline.in(folder);
    assertEquals(20, baseline.save(OLD.runs(20, 1, 1)));
    assertEquals(0, baseline.save(OLD.runs(20, 1, 1)));
    List<RunRecord> slower = NEW.runs(10, 1.3, 2);
    String refused = assertThrows(ReportException.class, () -> baseline.save(slower)).getMessage();
    assertTrue(refused.contains("baseline accept"), refused);
    assertThrows(
        ReportException.class, () -> baseline.accept(NEW.unchecked().runs(1, 1, 3), "why"));
    assertEquals(20, baseline.list(SETTINGS).getFirst().runs());
    assertEquals("pp64", baseline.accept(slower, "safer kernel").getFirst().row());
    Baseline.Line line = baseline.list(SETTINGS).getFirst();
    assertEquals(10, line.runs());
    assertTrue(line.detectable().orElseThrow() > 0.005, line::toString);
    assertEquals(30, History.in(folder).read().records().size());
  }

  @Test
  void seriesKeepTheirRawTimes() throws IOException {
    List<RunSeries> series = RunSeries.of(OLD.runs(40, 1, 1));
    Path file = Files.writeString(folder.resolve("series.tsv"), RunSeries.text(series));
    assertEquals(series, RunSeries.read(file));
    List<RunRecord> mixed = new ArrayList<>(OLD.runs(2, 1, 1));
    mixed.addAll(NEW.runs(2, 1, 1));
    assertThrows(ReportException.class, () -> RunSeries.of(mixed));
    Files.writeString(file, Files.readString(file).replace("\tpp64\t", "\t"));
    String message = assertThrows(ReportException.class, () -> RunSeries.read(file)).getMessage();
    assertTrue(message.contains("line "), message);
  }

  /** A few trials; docs/gate.md has many. */
  @Test
  void theSelfTestFindsWhatItPlants() {
    SelfTest test = new SelfTest(50, 10, 200, 3, SETTINGS.of("*"));
    double[] nanos = RunSeries.of(OLD.runs(70, 1, 1)).getFirst().medians();
    SelfTest.Counts counts = test.recorded("pp64", nanos);
    assertTrue(counts.alarms() <= 0.02, counts::toString);
    assertTrue(counts.spikeAlarms() <= 0.02, counts::toString);
    assertTrue(counts.detected().get(3) > 0.98, counts::toString);
    assertTrue(counts.detected().get(0) < 0.5, counts::toString);
    assertTrue(counts.points().get(0) <= 0.1 && counts.points().get(2) > 0.5, counts::toString);
    assertEquals(counts, test.recorded("pp64", nanos));
    assertEquals(11, test.windows(nanos)[1]);
  }
}
