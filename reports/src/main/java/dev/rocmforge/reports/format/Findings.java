package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.HistoryChart;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.ChangePoint;
import dev.rocmforge.reports.stats.ChangePoints;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Outlier;
import dev.rocmforge.reports.stats.OutlierReasons;
import dev.rocmforge.reports.stats.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a history holds beside its dots: levels, changes and outliers among its checked runs.
 *
 * @param stretches between change points
 * @param sentences changes, then outliers, the newest first
 */
record Findings(List<HistoryChart.Stretch> stretches, List<String> sentences) {
  private static final int MOST_OUTLIERS = 3;
  private static final int REASON_CHARACTERS = 160;

  Findings {
    stretches = List.copyOf(stretches);
    sentences = List.copyOf(sentences);
  }

  /** Looks at rows of one series, oldest first. */
  static Findings of(List<Row> rows) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).checked()) {
        places.add(i);
      }
    }
    double[] nanos = places.stream().mapToDouble(i -> rows.get(i).medianNanos()).toArray();
    if (nanos.length == 0) {
      return new Findings(List.of(), List.of());
    }
    List<ChangePoint> points = ChangePoints.of(nanos, ChangePoints.Settings.DEFAULT);
    List<String> sentences = new ArrayList<>();
    for (ChangePoint point : points.reversed()) {
      sentences.add(change(rows, places.get(point.index()), point.ratio().under(1)));
    }
    List<RunRecord> runs = rows.stream().map(Row::run).toList();
    Outlier.of(nanos, points).reversed().stream()
        .limit(MOST_OUTLIERS)
        .forEach(outlier -> sentences.add(outlier(runs, places.get(outlier.index()), outlier)));
    return new Findings(stretches(rows, places, nanos, points), sentences);
  }

  private static List<HistoryChart.Stretch> stretches(
      List<Row> rows, List<Integer> places, double[] nanos, List<ChangePoint> points) {
    List<HistoryChart.Stretch> stretches = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= points.size(); i++) {
      int to = i == points.size() ? nanos.length : points.get(i).index();
      double level = Distribution.of(Arrays.copyOfRange(nanos, from, to)).median();
      stretches.add(
          new HistoryChart.Stretch(
              from == 0 ? 0 : places.get(from),
              to == nanos.length ? rows.size() : places.get(to),
              rows.getFirst().rate(level)));
      from = to;
    }
    return stretches;
  }

  private static String change(List<Row> rows, int index, Interval rate) {
    RunRecord run = rows.get(index).run();
    return "Change at run "
        + (index + 1)
        + (", " + HtmlHeader.day(run.environment().timestamp()))
        + run.subject().build().gitCommit().map(c -> ", commit " + Html.shortened(c, 12)).orElse("")
        + (": " + Quantity.change(rate.middle()) + " (" + HtmlStanding.changes(rate) + ").");
  }

  /** An outlier stays in every figure; what was different about it is said. */
  private static String outlier(List<RunRecord> runs, int index, Outlier outlier) {
    List<String> reasons = OutlierReasons.of(runs.get(index), runs);
    return "Run "
        + (index + 1)
        + (" lies " + Quantity.change(1 / outlier.ratio()) + " from its neighbours: ")
        + (reasons.isEmpty()
            ? "its record tells of nothing different."
            : Html.shortened(String.join("; ", reasons), REASON_CHARACTERS) + ".");
  }
}
