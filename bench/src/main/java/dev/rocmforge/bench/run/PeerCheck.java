package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.validation.model.LogitsDistance;
import dev.rocmforge.validation.model.LogitsHealth;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether a peer does the same work: its logits against ours on the same tokens, after a prompt of
 * the longest measured length at once and after each of a few tokens more. The tokens are given, so
 * one other choice does not make all that follows incomparable.
 */
public final class PeerCheck {
  private static final int STEPS = 16;

  /** Where no prefill is measured. */
  private static final int SHORT_PROMPT = 32;

  /** A difference of two logits has sqrt(2) times the error of one; three of those. */
  private static final double MARGIN = 3 * Math.sqrt(2);

  private final BenchPlan plan;
  private final Model model;
  private final double limit;

  /** Checks with the options that are measured. */
  public PeerCheck(BenchPlan plan, Model model) {
    this.plan = plan;
    this.model = model;
    // Peers round activations to bytes where weights are quantized, and to f16 beside f16 weights.
    this.limit = OutputTolerance.ofKernels(model, true, true, plan.session().kv()).mostError();
  }

  /** The prompt, then the single tokens, all within the model's context. */
  private int prompt() {
    int longest =
        plan.tasks().stream()
            .filter(task -> task.kind() == Workload.Kind.PREFILL)
            .mapToInt(task -> task.prompt().size())
            .max()
            .orElse(SHORT_PROMPT);
    return Math.max(1, Math.min(longest, model.config().contextLength() - STEPS));
  }

  /** Runs both and compares. */
  public CheckRecord of(Peer peer) {
    String name = "logits of " + peer.name() + " against ours";
    int prompt = prompt();
    TokenIds tokens = plan.tokens().withoutText().first(prompt + STEPS);
    int threads = plan.tasks().getFirst().threads();
    Optional<List<float[]>> found = peer.logits(tokens, prompt, threads);
    if (found.isEmpty()) {
      return CheckRecord.skipped(name, peer.name() + " shows no output");
    }
    List<float[]> theirs = found.get();
    if (theirs.size() != STEPS + 1 || theirs.getFirst().length != vocabulary()) {
      return CheckRecord.failed(
          name,
          "%d rows of %d logits needed, %d of %d found"
              .formatted(STEPS + 1, vocabulary(), theirs.size(), theirs.getFirst().length),
          List.of());
    }
    try (Backend backend = plan.backends().apply(threads);
        Session session = backend.open(model, plan.session().withContextLength(prompt + STEPS))) {
      Judge judge = new Judge(limit);
      judge.row(session.prefill(tokens.range(0, prompt).toArray()), theirs.getFirst());
      for (int i = 0; i < STEPS; i++) {
        judge.row(session.step(tokens.toArray()[prompt + i]), theirs.get(i + 1));
      }
      return judge.verdict(name);
    }
  }

  private int vocabulary() {
    return model.config().vocabularySize();
  }

  /** Keeps the worst of all rows. */
  static final class Judge {
    private final double limit;
    private double error;
    private double gap;
    private int rows;
    private int equal;
    private boolean finite = true;

    Judge(double limit) {
      this.limit = limit;
    }

    void row(float[] ours, float[] theirs) {
      rows++;
      finite &= LogitsHealth.of(ours).finite() && LogitsHealth.of(theirs).finite();
      error = Math.max(error, LogitsDistance.relative(theirs, ours));
      int mine = Greedy.of(ours);
      int other = Greedy.of(theirs);
      if (mine == other) {
        equal++;
      } else {
        gap = Math.max(gap, (ours[mine] - ours[other]) / rootMeanSquare(ours));
      }
    }

    CheckRecord verdict(String name) {
      List<Figure> figures =
          List.of(
              Figure.atMost("relative L2 error of the logits", error, limit),
              Figure.atMost(
                  "widest gap of differing best tokens, of the logits' RMS", gap, MARGIN * limit),
              new Figure("equal best tokens of " + rows, equal, OptionalDouble.empty(), ""));
      if (!finite) {
        return CheckRecord.failed(name, "logits that are not finite", figures);
      }
      if (!(error <= limit)) {
        return CheckRecord.failed(name, "relative L2 error beyond its limit", figures);
      }
      return gap <= MARGIN * limit
          ? CheckRecord.passed(name, figures)
          : CheckRecord.failed(name, "other best tokens, and not for being close", figures);
    }

    private static double rootMeanSquare(float[] row) {
      double sum = 0;
      for (float value : row) {
        sum += (double) value * value;
      }
      return Math.sqrt(sum / row.length);
    }
  }
}
