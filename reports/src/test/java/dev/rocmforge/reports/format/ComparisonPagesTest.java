package dev.rocmforge.reports.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.Histories;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Pairing;
import dev.rocmforge.reports.stats.Ranking;
import dev.rocmforge.reports.stats.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ComparisonPagesTest {
  /** Three GPUs and a CPU; the first GPU gets slower by 9 % late, the second faster early. */
  private static final List<RunRecord> ALL =
      Report.oldestFirst(Histories.of(80, 1, 4, 3, 6, 0, 512));

  private static List<RunRecord> of(String host, int from, int to) {
    return ALL.stream()
        .filter(run -> run.environment().host().equals(host))
        .toList()
        .subList(from, to);
  }

  @Test
  void comparisonsAreSealed() throws IOException {
    List<RunRecord> before = of("tower", 0, 8);
    List<RunRecord> after = of("tower", 14, 20);
    GoldenFile.assertMatches("compare.html", HtmlComparison.page(before, after));
    GoldenFile.assertMatches("compare.md", MarkdownComparison.of(Pairing.of(before, after)));
  }

  @Test
  void rankingsAreSealed() throws IOException {
    GoldenFile.assertMatches("hardware.html", HtmlHardware.page(ALL));
    GoldenFile.assertMatches("hardware.md", MarkdownComparison.of(Ranking.of(ALL)));
    GoldenFile.assertMatches("report.md", MarkdownReport.summary(HtmlReportTest.small()));
  }

  @Test
  void reproductionsAreSealed() throws IOException {
    List<Reproduction> done =
        List.of(
            new Reproduction(
                "Qwen2.5-0.5B Q4_0, decode graph on",
                "published file, as in the documented run",
                OptionalDouble.of(408.7),
                526.8,
                of("tower", 0, 1).getFirst(),
                List.of("The <pure> file has other bytes.")),
            new Reproduction(
                "Qwen2.5-0.5B Q4_0, decode graph off",
                "pure Q4_0, made by quantize --pure",
                OptionalDouble.empty(),
                486,
                of("attic", 0, 1).getFirst(),
                List.of()));
    GoldenFile.assertMatches("reproduce.md", MarkdownReproduction.of(done));
    GoldenFile.assertMatches("reproduce.html", HtmlReproduction.page(done));
  }

  @Test
  void aStepIsSeenAndNoStepIsNot() {
    for (Pairing.Pair pair : Pairing.of(of("tower", 0, 8), of("tower", 14, 20)).pairs()) {
      assertEquals(Verdict.SLOWER, pair.judgement().verdict(), pair.judgement()::reason);
      assertEquals(1 / 1.09, pair.judgement().rateRatio().orElseThrow().middle(), 0.02);
    }
    for (Pairing.Pair pair : Pairing.of(of("shelf", 0, 9), of("shelf", 9, 20)).pairs()) {
      assertEquals(Verdict.SAME, pair.judgement().verdict(), pair.judgement()::reason);
    }
  }

  @Test
  void otherHardwareIsRefusedWithBothNames() {
    Pairing pairing = Pairing.of(of("tower", 0, 5), of("attic", 0, 5));
    assertEquals(List.of(), pairing.pairs());
    assertEquals(8, pairing.refusals().size());
    assertEquals(
        "hardware: AMD Radeon RX 7900 XTX (gfx1100) and AMD Radeon RX 6900 XT (gfx1030)",
        pairing.refusals().getFirst().why());
  }

  @Test
  void otherRuntimesAndUncheckedRowsAreNotRanked() {
    Ranking ranking = Ranking.of(ALL);
    assertEquals(4, ranking.contests().size(), "prefill and decode at two depths");
    for (Ranking.Contest contest : ranking.contests()) {
      assertEquals(
          List.of("tower", "attic", "shelf"),
          contest.rows().stream().map(row -> row.run().environment().host()).toList());
    }
    assertTrue(
        ranking.refusals().stream()
            .anyMatch(refusal -> refusal.why().startsWith("device runtime: cpu and amd")));
    List<RunRecord> wrong = new ArrayList<>();
    for (RunRecord run : ALL) {
      wrong.add(
          run.environment().host().equals("tower")
              ? new RunRecord(
                  run.schemaVersion(),
                  run.status(),
                  run.subject(),
                  run.environment(),
                  run.measurements(),
                  List.of(CheckRecord.failed("logits", "too far", List.of())))
              : run);
    }
    Ranking without = Ranking.of(wrong);
    assertFalse(
        without.contests().stream()
            .flatMap(contest -> contest.rows().stream())
            .anyMatch(row -> row.run().environment().host().equals("tower")));
    assertTrue(
        without.refusals().stream().anyMatch(refusal -> refusal.why().equals("output FAILED")));
  }

  @Test
  void theSameCodeIsTheEnvironment() {
    List<RunRecord> slow = new ArrayList<>();
    RunRecord first = of("tower", 0, 1).getFirst();
    for (RunRecord run : of("tower", 14, 20)) {
      slow.add(
          new RunRecord(
              run.schemaVersion(),
              run.status(),
              first.subject(),
              run.environment(),
              run.measurements(),
              run.checks()));
    }
    List<RunRecord> before =
        of("tower", 0, 8).stream()
            .map(
                run ->
                    new RunRecord(
                        run.schemaVersion(),
                        run.status(),
                        first.subject(),
                        run.environment(),
                        run.measurements(),
                        run.checks()))
            .toList();
    for (Pairing.Pair pair : Pairing.of(before, slow).pairs()) {
      assertEquals(Verdict.ENVIRONMENT, pair.judgement().verdict(), pair.judgement()::reason);
    }
  }
}
