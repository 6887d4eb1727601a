package dev.rocmforge.reports.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.GoldenFile;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Interval;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class TextFormatsTest {
  private static final RunRecord HOSTILE =
      Specimens.record(
          "a|b `c` *d* <script>\u202e\n# e & ]]> \u0001",
          "host \"quoted\" 'x'",
          List.of(
              CheckRecord.failed(
                  "<logits>", "NaN | \"here\"", List.of(Figure.atMost("error", Double.NaN, 1e-4))),
              CheckRecord.skipped("perplexity", "no reference"),
              CheckRecord.passed("tokens", List.of())));

  /** Sealed in the root locale and in one that writes commas. */
  @Test
  void everyFormatIsSealed() throws Exception {
    Locale before = Locale.getDefault();
    try {
      for (Locale locale : List.of(Locale.ROOT, Locale.GERMANY)) {
        Locale.setDefault(locale);
        RunRecord record = Specimens.cpuRun();
        GoldenFile.assertMatches("summary.md", Markdown.summary(record));
        GoldenFile.assertMatches("summary-hostile.md", Markdown.summary(HOSTILE));
        GoldenFile.assertMatches("checks-hostile.xml", JunitXml.report(HOSTILE));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void junitXmlCountsAndKeepsForeignTexts() throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(JunitXml.report(HOSTILE))));
    Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
    assertEquals("3", suite.getAttribute("tests"));
    assertEquals("1", suite.getAttribute("failures"));
    assertEquals("1", suite.getAttribute("skipped"));
    Element failure = (Element) document.getElementsByTagName("failure").item(0);
    assertEquals("NaN | \"here\"", failure.getAttribute("message"));
    assertEquals("error NaN (limit 1.00e-04)", failure.getTextContent());
  }

  @Test
  void anUncheckedRunIsASkippedTest() {
    String xml = JunitXml.report(Specimens.record("m", "h", List.of()));
    assertTrue(xml.contains("skipped=\"1\""), xml);
    assertTrue(xml.contains("UNCHECKED: no check ran"), xml);
  }

  @Test
  void markdownKeepsHostileNamesInTheirCell() {
    String text = Markdown.summary(HOSTILE);
    assertFalse(text.contains("<script>"), text);
    assertFalse(text.contains("\n# e"), text);
    assertTrue(text.contains("a\\|b \\`c\\` \\*d\\*"), text);
  }

  @Test
  void numbersReadWell() {
    assertEquals("880.4", Quantity.rate(880.42));
    assertEquals("17.13", Quantity.rate(17.128));
    assertEquals("12346", Quantity.rate(12345.6));
    assertEquals("0.01234", Quantity.rate(0.012341));
    assertEquals("0", Quantity.rate(0));
    assertEquals("870.1 – 891.0", Quantity.range(new Interval(870.12, 880.4, 891.04)));
    assertEquals("42.0 %", Quantity.percent(0.42));
    assertEquals("428.7 MB", Quantity.bytes(428_730_208));
    assertEquals("999 B", Quantity.bytes(999));
    assertEquals("494.0 million", Quantity.count(494_032_768));
    assertEquals("7", Quantity.count(7));
    assertEquals("23.55 GiB", Quantity.memory(25_281_298_432L));
    assertEquals("3.10e-07", Quantity.figure(3.1e-7));
    assertEquals("NaN", Quantity.figure(Double.NaN));
    assertEquals("0", Quantity.figure(0));
    assertEquals("0.25", Quantity.figure(0.25));
  }
}
