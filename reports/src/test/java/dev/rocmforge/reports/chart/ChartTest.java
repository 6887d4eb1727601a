package dev.rocmforge.reports.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.stats.Interval;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {
  @TempDir Path folder;

  /** A JVM that finds no font at all, in another language, must make the same bytes as this one. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "fonts are taken away through fontconfig")
  void fontsDoNotMatter() throws Exception {
    Path noFonts = folder.resolve("fonts.conf");
    Files.writeString(
        noFonts, "<?xml version=\"1.0\"?><fontconfig><dir>" + folder + "</dir></fontconfig>");
    Path output = folder.resolve("page.html");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.awt.headless=true",
            "-Duser.language=ar",
            "-Duser.country=EG",
            "-Duser.timezone=Asia/Tokyo",
            "-cp",
            System.getProperty("java.class.path"),
            PagePrinter.class.getName());
    builder.environment().put("FONTCONFIG_FILE", noFonts.toString());
    builder.redirectOutput(output.toFile()).redirectError(folder.resolve("errors").toFile());
    int exit = builder.start().waitFor();
    assertEquals(0, exit, () -> text(folder.resolve("errors")));
    assertEquals(PagePrinter.pages(), text(output));
    assertTrue(text(folder.resolve("errors")).contains("no fonts found"), "it proves something");
  }

  @Test
  void colorsAreTheirRolesAndEveryTextIsText() {
    Measurement decode = Specimens.decode(new Random(1), 16, 5e6);
    List<RateChart.Bar> bars =
        List.of(new RateChart.Bar("a <b> & \"c\"", new Interval(1, 2, 3), "2"));
    for (String svg :
        List.of(
            TokenTimelineChart.svg("t", "<i>", decode.samples().repetitions()),
            RateChart.svg("r", "<i>", "tokens per second", bars))) {
      assertFalse(svg.contains("rgb("), svg);
      assertTrue(svg.contains("var(--accent,"), svg);
      assertTrue(svg.contains("<title id="), svg);
      assertTrue(svg.contains("&lt;i&gt;"), svg);
      assertFalse(svg.contains("<b>"), svg);
      assertFalse(svg.contains("textLength"), "no measured widths");
    }
  }

  @Test
  void longSequencesStaySmall() {
    long[] steps = new long[20_000];
    java.util.Arrays.setAll(steps, i -> 1_000_000 + i);
    Samples.Repetition repetition =
        Samples.Repetition.decode(OptionalLong.empty(), Nanos.of(steps));
    assertTrue(TokenTimelineChart.svg("t", "long", List.of(repetition)).length() < 60_000);
    Samples.Repetition one = Samples.Repetition.decode(OptionalLong.empty(), Nanos.of(1_000_000));
    assertTrue(TokenTimelineChart.svg("t", "one token", List.of(one)).contains("First token: 1"));
  }

  @Test
  void ticksAreRound() {
    assertEquals(List.of(0.0, 200.0, 400.0, 600.0, 800.0, 1000.0), Ticks.over(0, 899).values());
    assertEquals("0.30", new Ticks(0, 1, 0.05).label(0.05 * 6));
    assertEquals("30", new Ticks(0, 40, 10).label(30));
    assertEquals(new Ticks(5, 6, 0.2), Ticks.over(5, 5.9));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
