package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Standing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One self-contained page: no network, no script, light and dark, made for paper and screen readers
 * too. A pure function of its records: remade, it has the same bytes.
 */
public final class Html {
  private static final int TITLE_CHARACTERS = 120;

  private Html() {}

  /** The page of one run. */
  public static String page(RunRecord run) {
    return page(Report.of(run));
  }

  /** The page of many runs: verdicts first, then the newest runs in full, then what is behind. */
  public static String page(Report report) {
    Markup main = new Markup();
    boolean single = report.runs().size() == 1;
    List<RunRecord> shown = report.shown();
    if (single) {
      HtmlRun.speed(main, report.runs().getFirst());
    } else if (!report.runs().isEmpty()) {
      List<Standing> standings = HtmlStanding.standings(report);
      HtmlStanding.table(main, standings);
      HtmlHistory.charts(main, standings);
      HtmlRun.latest(main, shown);
    }
    HtmlFeatures.matrix(main, report.runs());
    HtmlRoofline.section(main, report);
    HtmlKernels.section(main, report);
    if (single) {
      HtmlRun.facts(main, report.runs().getFirst());
    } else if (!report.runs().isEmpty()) {
      HtmlMachines.differences(main, shown);
      HtmlRun.samples(main, report);
    }
    return document(HtmlHeader.title(report), page -> HtmlHeader.write(page, report), main);
  }

  /** Writes the head of a page into it. */
  interface Head {
    void write(Markup page);
  }

  /** A whole document around the sections already written. */
  static String document(String title, Head header, Markup main) {
    Markup page = new Markup();
    page.trusted("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
    page.trusted("<meta charset=\"utf-8\">\n");
    page.trusted("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.trusted("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // Only the style in the page may act: nothing is fetched and no script runs, whatever it holds.
    page.trusted(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
            + " 'unsafe-inline'\">\n");
    page.element("title", title);
    page.open("style").trusted("\n" + style()).close("style").close("head").open("body");
    page.element("a", "Skip to the results", "class", "skip", "href", "#main");
    header.write(page);
    if (main.headings().size() > 2) {
      page.open("nav", "aria-label", "Sections").open("ul");
      for (Markup.Heading heading : main.headings()) {
        page.open("li").open("a", "href", "#" + heading.id());
        page.foreign(heading.text()).close("a").close("li");
      }
      page.close("ul").close("nav");
    }
    page.open("main", "id", "main").trusted(main.toString()).close("main");
    page.open("footer")
        .element(
            "p",
            "Made by rocmforge from run records. Every figure is computed"
                + " from raw samples; GB is 1e9 bytes, GiB is 2^30.")
        .close("footer");
    return page.close("body").close("html").toString();
  }

  /** A foreign name fit for a heading; the facts below show it whole. */
  static String shortened(String text) {
    return shortened(text, TITLE_CHARACTERS);
  }

  static String shortened(String text, int characters) {
    return text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters)) + "…";
  }

  private static String style() {
    try (InputStream in = Html.class.getResourceAsStream("page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
