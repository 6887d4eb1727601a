package dev.rocmforge.reports.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlTest {
  @Test
  void thePageIsSealedInEveryLocaleAndTimeZone() throws IOException {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      for (Locale other : List.of(Locale.ROOT, Locale.GERMANY, Locale.forLanguageTag("ar-EG"))) {
        Locale.setDefault(other);
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        GoldenFile.assertMatches("page.html", Html.page(Specimens.cpuRun()));
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void aPageRemadeFromTheStoredRecordIsTheSame() {
    RunRecord record = Specimens.cpuRun();
    RunRecord stored = RecordCodec.read("here", RecordCodec.line(record));
    assertEquals(Html.page(record), Html.page(stored));
  }

  @Test
  void nothingIsFetchedAndNothingRuns() {
    String page = Html.page(Specimens.cpuRun());
    String shown = page.replace("http://www.w3.org/2000/svg", "");
    for (String forbidden :
        List.of("http:", "https:", "<script", "<link", "<img", "@import", "url(")) {
      int at = shown.indexOf(forbidden);
      boolean localReference = forbidden.equals("url(") && !shown.contains("url(h");
      assertTrue(at < 0 || localReference, forbidden + " at " + at);
    }
  }

  @Test
  void hostileNamesStayText() {
    String hostile = "<script>alert('x')</script>\"'&\u202Egnp.exe\u0000\ud800";
    String name = hostile + "<b>".repeat(3400);
    List<CheckRecord> checks = List.of(CheckRecord.failed(hostile, hostile, List.of()));
    RunRecord record = Specimens.record(name, name, checks);
    String page = Html.page(record);
    assertFalse(page.contains("<script"), "script");
    assertFalse(page.contains("<b>"), "markup");
    assertFalse(page.contains("\u0000"), "control characters");
    assertFalse(page.contains("\u202e"), "turned writing direction");
    assertTrue(page.contains("\\u202egnp.exe"), "exact in the JSON");
    assertTrue(page.contains("<bdi>&lt;script&gt;alert(&#39;x&#39;)"), "as text");
    assertEquals(Html.page(Specimens.cpuRun()).split("<h1", -1).length, 2);
  }

  /** Every element opened is closed in order, every id is used once, every table has its heads. */
  @Test
  void theMarkupIsWellFormedAndNamed() {
    String page = Html.page(Specimens.cpuRun());
    java.util.Deque<String> open = new java.util.ArrayDeque<>();
    Matcher tags = Pattern.compile("<(/?)([a-zA-Z0-9]+)([^>]*)>").matcher(page);
    List<String> voids = List.of("meta");
    while (tags.find()) {
      if (tags.group(1).equals("/")) {
        assertEquals(open.pop(), tags.group(2));
      } else if (!tags.group(3).endsWith("/") && !voids.contains(tags.group(2))) {
        open.push(tags.group(2));
      }
    }
    assertTrue(open.isEmpty(), open::toString);
    List<String> ids =
        Pattern.compile(" id=\"([^\"]+)\"").matcher(page).results().map(r -> r.group(1)).toList();
    assertEquals(ids.size(), ids.stream().distinct().count(), ids::toString);
    Matcher references = Pattern.compile("aria-labelledby=\"([^\"]+)\"").matcher(page);
    while (references.find()) {
      for (String id : references.group(1).split(" ", -1)) {
        assertTrue(ids.contains(id), id);
      }
    }
    assertEquals(count(page, "<table>"), count(page, "<caption "));
    assertFalse(page.contains("<th>"), "every head has a scope");
  }

  @Test
  void aSpeedWithoutACheckSaysSo() {
    String page = Html.page(Specimens.record("m", "h", List.of()));
    assertTrue(count(page, "UNCHECKED") >= 3 + 2, "banner, cards, rows");
    assertFalse(Html.page(Specimens.cpuRun()).contains("UNCHECKED"));
  }

  @Test
  void aPartialRunSaysWhy() {
    RunRecord whole = Specimens.cpuRun();
    RunRecord partial =
        RunRecord.of(
            Status.partial("interrupted by Ctrl-C"),
            whole.subject(),
            whole.environment(),
            List.of(),
            List.of());
    String page = Html.page(partial);
    assertTrue(page.contains("<strong>Partial run.</strong>"));
    assertTrue(page.contains("interrupted by Ctrl-C"));
    assertTrue(page.contains("Nothing was measured."));
  }

  private static long count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1L;
  }
}
