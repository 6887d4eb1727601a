package dev.rocmforge.reports.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocmforge.reports.Histories;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.format.Html;
import dev.rocmforge.reports.format.HtmlComparison;
import dev.rocmforge.reports.format.HtmlHardware;
import dev.rocmforge.reports.format.HtmlReproduction;
import dev.rocmforge.reports.format.Report;
import dev.rocmforge.reports.format.Reproduction;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.RunRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages in a real browser: rendered, read by its accessibility tree, printed. */
class PageTest {
  private static final String HOSTILE =
      "<script>window.hit=1</script><img src=x onerror='window.hit=1'>\"'&\u202Egnp.exe\u2067"
          + "\u05d0\u05d1 ";

  @TempDir private static Path folder;
  private static Chromium browser;
  private static final Map<String, Path> PAGES = new TreeMap<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Optional<Path> program = Chromium.installed();
    Assumptions.assumeTrue(program.isPresent(), "no Chromium (Debian: apt-get install chromium)");
    write("one run", Html.page(Specimens.cpuRun()));
    write("many runs", Html.page(many()));
    write("hostile names", Html.page(hostile()));
    List<RunRecord> runs = many().runs();
    write("comparison", HtmlComparison.page(runs.subList(0, 24), runs.subList(24, 48)));
    write("hardware", HtmlHardware.page(runs));
    Reproduction one =
        new Reproduction(
            "7B",
            HOSTILE,
            OptionalDouble.of(32),
            106.6,
            runs.getFirst(),
            List.of("A caveat.", HOSTILE));
    write("reproduction", HtmlReproduction.page(List.of(one, one)));
    Files.writeString(folder.resolve("records.jsonl"), "{}\n");
    browser = new Chromium(program.get(), folder.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void write(String name, String page) throws IOException {
    PAGES.put(name, Files.writeString(folder.resolve(name.replace(' ', '-') + ".html"), page));
  }

  private static Report many() {
    List<RunRecord> runs = Histories.of(48, 2, 2, 5, 16, 0, 1024);
    return new Report(runs, Histories.kernels(), List.of(), 3, Optional.of("records.jsonl"));
  }

  /** Names with markup, quotes and turned writing, and ones of 10 kB. */
  private static Report hostile() {
    String name = HOSTILE.repeat(10_240 / HOSTILE.length() + 1);
    List<RunRecord> runs = new ArrayList<>();
    runs.add(Specimens.record(name, name, List.of(CheckRecord.failed(HOSTILE, name, List.of()))));
    runs.add(Specimens.record(HOSTILE, HOSTILE, Specimens.checks()));
    runs.add(Specimens.record("<script>", "a b", Specimens.checks()));
    return new Report(runs, List.of(), List.of(), 3, Optional.empty());
  }

  @Test
  void everyPageLoadsWithoutAComplaintOrARequest() throws InterruptedException {
    for (Path page : PAGES.values()) {
      for (String scheme : List.of("light", "dark")) {
        browser.show(scheme, "screen", 1180);
        browser.open(page);
        assertEquals(List.of(), browser.complaints(), page::toString);
        assertEquals(List.of(page.toUri().toString()), browser.requests());
        assertTrue(browser.value("document.querySelectorAll('h1').length === 1").asBoolean());
        String drawn =
            "[...document.querySelectorAll('figure svg')].filter(s => s.checkVisibility())"
                + ".every(s => s.getBoundingClientRect().height > 50)";
        assertTrue(browser.value(drawn).asBoolean(), "every chart is drawn");
      }
    }
  }

  @Test
  void axeFindsNoViolation() throws IOException, InterruptedException {
    String axe;
    try (InputStream in = PageTest.class.getResourceAsStream("/axe.min.js")) {
      axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (Path page : PAGES.values()) {
      for (String scheme : List.of("light", "dark")) {
        for (int width : List.of(1180, 390)) {
          browser.show(scheme, "screen", width);
          browser.open(page);
          browser.value("document.querySelectorAll('details').forEach(d => d.open = true)");
          browser.value(axe + "; true");
          JsonNode result =
              browser.value(
                  "axe.run().then(r => ({passes: r.passes.length, violations: r.violations.map(v =>"
                      + " v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '))}))");
          assertTrue(result.path("passes").asInt() > 20, "axe looked at the page");
          assertEquals("[]", result.path("violations").toString(), page + " " + scheme + width);
        }
      }
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws InterruptedException {
    browser.show("light", "screen", 1180);
    browser.open(PAGES.get("many runs"));
    List<String> links = new ArrayList<>();
    browser
        .value("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
        .forEach(link -> links.add(link.asText()));
    assertTrue(links.size() > 5, links::toString);
    for (String link : links) {
      assertTrue(
          link.startsWith("#")
              ? browser.value("!!document.getElementById('" + link.substring(1) + "')").asBoolean()
              : Files.exists(folder.resolve(link)),
          link);
    }
  }

  @Test
  void darkIsDarkAndPaperIsWhite() throws InterruptedException {
    Path page = PAGES.get("many runs");
    assertTrue(lightness("light", "screen", page) > 240);
    assertTrue(lightness("dark", "screen", page) < 40);
    assertEquals(255, lightness("dark", "print", page));
    String shown =
        "[...document.querySelectorAll('details.run figure')].every(f => f.checkVisibility())";
    assertTrue(browser.value(shown).asBoolean(), "folded runs are printed");
    byte[] pdf = browser.pdf();
    assertEquals("%PDF", new String(pdf, 0, 4, StandardCharsets.US_ASCII));
  }

  private static int lightness(String scheme, String medium, Path page)
      throws InterruptedException {
    browser.show(scheme, medium, 1180);
    browser.open(page);
    String color = browser.value("getComputedStyle(document.body).backgroundColor").asText();
    return Integer.parseInt(color.replaceAll("[^0-9]+", " ").strip().split(" ", -1)[0]);
  }

  @Test
  void nothingIsWiderThanAPhone() throws InterruptedException {
    for (Path page : PAGES.values()) {
      browser.show("light", "screen", 390);
      browser.open(page);
      browser.value("document.querySelectorAll('details').forEach(d => d.open = true)");
      assertEquals(
          390, browser.value("document.documentElement.scrollWidth").asInt(), page::toString);
    }
  }

  @Test
  void theKeyboardReachesEverything() throws InterruptedException {
    browser.show("light", "screen", 1180);
    browser.open(PAGES.get("one run"));
    Map<String, ?> tab = Map.of("type", "keyDown", "key", "Tab", "windowsVirtualKeyCode", 9);
    browser.send("Input.dispatchKeyEvent", tab);
    String first = browser.value("document.activeElement.className").asText();
    assertEquals("skip", first, "the first stop skips to the results");
    String reachable =
        "[...document.querySelectorAll('.scroll, summary, a, pre')].filter(e => e.tabIndex < 0)"
            + ".length";
    assertEquals(0, browser.value(reachable).asInt());
  }

  @Test
  void hostileNamesAreText() throws InterruptedException {
    browser.show("light", "screen", 1180);
    browser.open(PAGES.get("hostile names"));
    browser.value("document.querySelectorAll('details').forEach(d => d.open = true)");
    assertFalse(browser.value("'hit' in window").asBoolean(), "a script ran");
    assertEquals(0, browser.value("document.querySelectorAll('script, img').length").asInt());
    String text = browser.value("document.body.textContent").asText();
    assertTrue(text.contains("<script>window.hit=1</script><img src=x"), "shown as text");
    assertFalse(text.contains("\u202E") || text.contains("\u2067"), "nothing turns the writing");
    String longest =
        "Math.max(...[...document.querySelectorAll('h1, h2, h3, th, caption, summary, li')]"
            + ".map(e => e.textContent.length))";
    assertTrue(browser.value(longest).asInt() < 700, "long names are cut where they would flood");
  }
}
