package dev.rocmforge.reports.record;

import java.util.List;
import java.util.Optional;

/**
 * One correctness check of a run.
 *
 * @param name what was checked, such as {@code logits against the scalar backend}
 * @param verdict how it ended
 * @param reason why it failed or was skipped; needed for both
 * @param figures what was measured against which limit
 */
public record CheckRecord(
    String name, CheckVerdict verdict, Optional<String> reason, List<Figure> figures) {

  public CheckRecord {
    Require.text(name, "check.name");
    Require.present(verdict, "check.verdict");
    Require.present(reason, "check.reason");
    Require.that(
        verdict == CheckVerdict.PASSED || reason.filter(text -> !text.isBlank()).isPresent(),
        "check.reason",
        "a reason for a check that did not pass",
        "none (" + name + ")");
    figures = List.copyOf(Require.present(figures, "check.figures"));
  }

  public static CheckRecord passed(String name, List<Figure> figures) {
    return new CheckRecord(name, CheckVerdict.PASSED, Optional.empty(), figures);
  }

  public static CheckRecord failed(String name, String reason, List<Figure> figures) {
    return new CheckRecord(name, CheckVerdict.FAILED, Optional.of(reason), figures);
  }

  public static CheckRecord skipped(String name, String reason) {
    return new CheckRecord(name, CheckVerdict.SKIPPED, Optional.of(reason), List.of());
  }
}
