package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.validation.model.LogitsDistance;
import dev.rocmforge.validation.model.LogitsHealth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Whether the backend that was measured computes what it should: its logits and greedy tokens after
 * a short prompt against those of another backend, and against a continuation computed elsewhere
 * where one is known.
 */
public final class OutputCheck {
  private final Model model;
  private final Backend subject;
  private final SessionOptions options;
  private final OutputTolerance tolerance;

  /** Checks {@code subject} with the options it was measured with. */
  public OutputCheck(Model model, Backend subject, SessionOptions options) {
    this.model = model;
    this.subject = subject;
    this.options = options;
    this.tolerance = OutputTolerance.of(subject, model, options);
  }

  /**
   * Against another backend.
   *
   * @param prompt a few tokens
   * @param steps greedy tokens compared after it
   */
  public CheckRecord against(Backend reference, TokenIds prompt, int steps) {
    String name = "logits and greedy tokens against the " + reference.name() + " backend";
    SessionOptions length = options.withContextLength(prompt.size() + steps);
    try (Session own = subject.open(model, length);
        Session other = reference.open(model, length)) {
      float[] mine = own.prefill(prompt.toArray());
      float[] theirs = other.prefill(prompt.toArray());
      double worst = LogitsDistance.relative(mine, theirs);
      int equal = 0;
      for (int step = 0; step < steps; step++) {
        int next = Greedy.of(theirs);
        if (!LogitsHealth.of(mine).finite()) {
          return CheckRecord.failed(
              name, "logits of step " + step + " are not finite", figures(worst, equal, steps));
        }
        if (Greedy.of(mine) == next) {
          equal++;
        } else if (tolerance.sameTokens()) {
          return CheckRecord.failed(
              name,
              "token %d: %d, the reference has %d".formatted(step, Greedy.of(mine), next),
              figures(worst, equal, steps));
        }
        mine = own.step(next);
        theirs = other.step(next);
        worst = Math.max(worst, LogitsDistance.relative(mine, theirs));
      }
      List<Figure> figures = figures(worst, equal, steps);
      return worst <= limit()
          ? CheckRecord.passed(name, figures)
          : CheckRecord.failed(name, "relative L2 error beyond its limit", figures);
    }
  }

  private double limit() {
    return tolerance.mostError();
  }

  private List<Figure> figures(double error, int equal, int steps) {
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.atMost("relative L2 error of the logits", error, limit()));
    figures.add(new Figure("equal greedy tokens of " + steps, equal, OptionalDouble.empty(), ""));
    return figures;
  }

  /** Whether this backend's arithmetic must give the same tokens as any other. */
  public boolean sameTokens() {
    return tolerance.sameTokens();
  }

  /** Against a continuation computed elsewhere; only where {@link #sameTokens}. */
  public CheckRecord against(GoldenText.Entry golden) {
    String name = "greedy tokens against " + golden.origin();
    int[] known = golden.next().toArray();
    int[] next = new int[known.length];
    try (Session session =
        subject.open(model, options.withContextLength(golden.prompt().size() + next.length))) {
      float[] logits = session.prefill(golden.prompt().toArray());
      for (int i = 0; i < next.length; i++) {
        next[i] = Greedy.of(logits);
        logits = session.step(next[i]);
      }
    }
    int equal = Arrays.mismatch(next, known);
    List<Figure> figures =
        List.of(
            new Figure(
                "equal greedy tokens of " + next.length,
                equal < 0 ? next.length : equal,
                OptionalDouble.empty(),
                ""));
    return equal < 0
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(
            name, "token %d: %d, known is %d".formatted(equal, next[equal], known[equal]), figures);
  }
}
