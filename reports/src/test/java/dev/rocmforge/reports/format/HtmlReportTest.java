package dev.rocmforge.reports.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.Histories;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.KernelSpeed;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.KernelSpeedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
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
}
