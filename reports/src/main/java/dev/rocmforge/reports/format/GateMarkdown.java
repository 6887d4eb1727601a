package dev.rocmforge.reports.format;

import dev.rocmforge.reports.gate.GateOutcome;
import dev.rocmforge.reports.gate.GateResult;
import dev.rocmforge.reports.gate.GateRow;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.RunComparison;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The gate's table for a pull request, verdicts first. */
public final class GateMarkdown {
  private GateMarkdown() {}

  public static String summary(GateResult result) {
    StringBuilder out = new StringBuilder("**Performance gate: ");
    out.append(words(result.outcome())).append("**\n\n");
    out.append(
        "| row | verdict | change of speed | detectable | baseline tok/s | candidate tok/s |");
    out.append(" runs | why |\n|---|---|--:|--:|--:|--:|--:|---|\n");
    for (GateRow row : result.rows()) {
      out.append("| ").append(Markdown.escaped(row.name()));
      out.append(" | ").append(row.word());
      out.append(" | ").append(row.comparison().map(GateMarkdown::change).orElse("–"));
      out.append(" | ").append(row.comparison().map(GateMarkdown::detectable).orElse("–"));
      out.append(" | ").append(rate(row.baselineRate()));
      out.append(" | ").append(rate(row.candidateRate()));
      out.append(" | ").append(row.baselineRuns()).append(" / ").append(row.candidateRuns());
      out.append(" | ").append(Markdown.escaped(why(row))).append(" |\n");
    }
    out.append('\n');
    for (String fact : result.facts()) {
      out.append("- ").append(Markdown.escaped(fact)).append('\n');
    }
    return out.toString();
  }

  /** The outcome as people say it. */
  public static String words(GateOutcome outcome) {
    return switch (outcome) {
      case PASS -> "passed";
      case INCONCLUSIVE -> "inconclusive";
      case ENVIRONMENT -> "environment";
      case REGRESSION -> "regression";
    };
  }

  /** The reason and the notes of a row. */
  static String why(GateRow row) {
    return row.notes().isEmpty()
        ? row.reason()
        : row.reason() + "; " + String.join("; ", row.notes());
  }

  /** Change of the rate with its interval: {@code -4.8 % (-7.2 to -2.3)}. */
  static String change(RunComparison comparison) {
    Interval rate = comparison.ratio().under(1);
    if (!Double.isFinite(rate.high())) {
      return signed(rate.middle()) + " %";
    }
    return signed(rate.middle()) + " % (" + signed(rate.low()) + " to " + signed(rate.high()) + ")";
  }

  /** The smallest slowing that would have been found, of the time a token takes. */
  static String detectable(RunComparison comparison) {
    double effect = comparison.minimumDetectableEffect();
    return Double.isFinite(effect) ? Quantity.percent(effect) : "–";
  }

  private static String signed(double ratio) {
    String text = String.format(Locale.ROOT, "%+.1f", 100 * (ratio - 1));
    return List.of("+0.0", "-0.0").contains(text) ? "0.0" : text;
  }

  private static String rate(OptionalDouble rate) {
    return rate.isPresent() ? Quantity.rate(rate.getAsDouble()) : "–";
  }
}
