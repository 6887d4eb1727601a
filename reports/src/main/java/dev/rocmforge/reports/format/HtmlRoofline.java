package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.RooflineChart;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.KernelSpeed;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Traffic;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.SpecifiedPeak;
import dev.rocmforge.reports.stats.Throughput;
import dev.rocmforge.reports.store.KernelSpeedFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Speeds against the memory's: declared bytes, the specified peak and the measured one. */
final class HtmlRoofline {
  private static final String NONE = "–";
  private static final int MOST_POINTS = 12;
  private static final int NAME_CHARACTERS = 60;

  private HtmlRoofline() {}

  static void section(Markup page, Report report) {
    List<RunRecord> runs = report.shown().stream().filter(run -> !points(run).isEmpty()).toList();
    if (runs.isEmpty() && report.kernelSpeeds().isEmpty()) {
      return;
    }
    page.section("roofline", "Roofline");
    page.element(
        "p",
        "Bytes are declared by the engine and its kernels, not counted by hardware; operations are"
            + " two a weight and token. No roof for arithmetic is drawn: none was measured."
            + " A share above 100 % was read from a cache.");
    page.open("div", "class", "pairs");
    for (int i = 0; i < runs.size(); i++) {
      chart(page, runs.get(i), i);
    }
    page.close("div");
    if (!runs.isEmpty()) {
      table(page, runs);
    }
    for (int i = 0; i < report.kernelSpeeds().size(); i++) {
      kernels(page, report.kernelSpeeds().get(i), i);
    }
    page.close("section");
  }

  private static void chart(Markup page, RunRecord run, int number) {
    List<RooflineChart.Slope> slopes = slopes(run.environment());
    if (!slopes.isEmpty()) {
      String title = title(run);
      String note =
          slopes.stream().map(RooflineChart.Slope::label).collect(Collectors.joining("; ")) + ".";
      HtmlSpeed.figure(
          page,
          title,
          note,
          RooflineChart.svg(page.id("roofline-" + number), title, slopes, points(run)));
    }
  }

  private static String title(RunRecord run) {
    return HtmlRun.name(run)
        + (" on " + Html.shortened(Row.hardware(run), NAME_CHARACTERS))
        + HtmlSpeed.flag(run);
  }

  private static void table(Markup page, List<RunRecord> runs) {
    HtmlTable table =
        HtmlTable.open(
            page,
            "roofline-table",
            "Declared bytes against the memory's speed",
            "Workload",
            "#Bytes a token",
            "#FLOP a byte",
            "#GB/s",
            "#of measured peak",
            "#of specified peak",
            "Declared");
    for (RunRecord run : runs) {
      if (runs.size() > 1) {
        table.group(title(run));
      }
      for (Row row : Row.of(run)) {
        if (row.measurement().workload().kind() != Workload.Kind.OPERATION) {
          row.measurement().traffic().ifPresent(traffic -> row(table, row, traffic));
        }
      }
    }
    table.close();
  }

  private static void row(HtmlTable table, Row row, Traffic traffic) {
    Environment environment = row.run().environment();
    Interval rate = Throughput.gigabytesPerSecond(row.measurement()).orElseThrow();
    table.row(row.name()).number(Quantity.bytes(traffic.bytesPerToken()));
    table.number(Quantity.rate(intensity(row.run(), traffic)));
    table.number(Quantity.gigabytesPerSecond(rate.middle()));
    table.number(
        environment
            .memoryBandwidth()
            .map(b -> Quantity.percent(rate.middle() / b.gigabytesPerSecond()))
            .orElse(NONE));
    table.number(
        SpecifiedPeak.of(environment)
            .map(peak -> Quantity.percent(rate.middle() / peak.gigabytesPerSecond()))
            .orElse(NONE));
    table.cell(traffic.declaration()).end();
  }

  private static double intensity(RunRecord run, Traffic traffic) {
    return 2.0 * run.subject().model().parameters() / traffic.bytesPerToken();
  }

  private static List<RooflineChart.Point> points(RunRecord run) {
    List<RooflineChart.Point> points = new ArrayList<>();
    for (Row row : Row.of(run)) {
      Optional<Traffic> traffic = row.measurement().traffic();
      boolean tokens = row.measurement().workload().kind() != Workload.Kind.OPERATION;
      if (tokens && traffic.isPresent() && points.size() < MOST_POINTS) {
        double operations = 2.0 * run.subject().model().parameters();
        points.add(
            new RooflineChart.Point(
                row.name(),
                intensity(run, traffic.get()),
                row.rate(row.medianNanos()) * operations / 1e9));
      }
    }
    return points;
  }

  private static List<RooflineChart.Slope> slopes(Environment environment) {
    List<RooflineChart.Slope> slopes = new ArrayList<>();
    environment
        .memoryBandwidth()
        .ifPresent(
            b -> slopes.add(slope("Solid: memory as measured here", b.gigabytesPerSecond())));
    SpecifiedPeak.of(environment)
        .ifPresent(
            peak ->
                slopes.add(
                    slope(
                        (slopes.isEmpty() ? "Solid" : "dashed")
                            + ": memory as specified by the maker",
                        peak.gigabytesPerSecond())));
    return slopes;
  }

  private static RooflineChart.Slope slope(String what, double rate) {
    return new RooflineChart.Slope(what + ", " + Quantity.gigabytesPerSecond(rate) + " GB/s", rate);
  }

  /** Of each kernel the largest shape: shapes of one kernel lie on one upright line. */
  private static void kernelChart(
      Markup page, KernelSpeedFile file, SpecifiedPeak peak, int number) {
    Map<String, KernelSpeed> largest = new LinkedHashMap<>();
    for (KernelSpeed speed : file.speeds()) {
      largest.merge(
          speed.kernel(),
          speed,
          (a, b) -> a.rows() * a.columns() >= b.rows() * b.columns() ? a : b);
    }
    String title = "Kernels on their largest shapes, cold";
    RooflineChart.Slope slope =
        slope("Solid: memory as specified by the maker", peak.gigabytesPerSecond());
    HtmlSpeed.figure(
        page,
        title,
        Html.shortened(file.device()) + ". " + slope.label() + ".",
        RooflineChart.svg(
            page.id("kernel-roofline-" + number),
            title,
            List.of(slope),
            largest.values().stream()
                .limit(MOST_POINTS)
                .map(
                    speed ->
                        new RooflineChart.Point(
                            speed.kernel() + " " + speed.rows() + " × " + speed.columns(),
                            speed.operationsPerByte(),
                            speed.gigaOperationsPerSecond()))
                .toList()));
  }

  private static void kernels(Markup page, KernelSpeedFile file, int number) {
    Optional<SpecifiedPeak> peak = SpecifiedPeak.of(file.device());
    peak.ifPresent(p -> kernelChart(page, file, p, number));
    HtmlTable table =
        HtmlTable.open(
            page,
            "kernel-speeds-" + number,
            "Kernels on "
                + Html.shortened(file.device())
                + peak.map(
                        p ->
                            ", specified "
                                + Quantity.gigabytesPerSecond(p.gigabytesPerSecond())
                                + " GB/s")
                    .orElse(""),
            "Kernel",
            "#Rows × columns",
            "#FLOP a byte",
            "#Cold, µs",
            "#Cold, GB/s",
            "#of specified peak",
            "#Warm, GB/s",
            "Output");
    for (KernelSpeed speed : file.speeds()) {
      table.row(speed.kernel()).number(speed.rows() + " × " + speed.columns());
      table.number(Quantity.rate(speed.operationsPerByte()));
      table.number(Quantity.rate(speed.coldMicros()));
      table.number(Quantity.rate(speed.coldGigabytesPerSecond()));
      table.number(
          peak.map(p -> Quantity.percent(speed.coldGigabytesPerSecond() / p.gigabytesPerSecond()))
              .orElse(NONE));
      table.number(Quantity.rate(speed.warmGigabytesPerSecond()));
      table.cell(speed.right() ? "passed" : "FAILED").end();
    }
    table.close();
  }
}
