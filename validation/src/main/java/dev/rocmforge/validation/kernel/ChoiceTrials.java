package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Choosing tokens and experts, and joining the experts' parts. */
final class ChoiceTrials {
  private ChoiceTrials() {}

  private static Trial.Code code(KernelCase one, String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }

  /** The first index of the largest value; -1 with {@code nan} 1, which plants a NaN. */
  static Trial argmax(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int count = one.size("columns");
    int blocks = one.size("blocks");
    float[] logits = one.inputs().values(random, 1, count);
    int best = 0;
    for (int i = 0; i < count; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    boolean nan = one.constant("nan", 0) == 1;
    if (nan) {
      logits[random.nextInt(count)] = Float.NaN;
    }
    int token = nan ? -1 : best;
    Trial trial = new Trial();
    Trial.Slot values = trial.scratch("best", 4L * blocks);
    Trial.Slot ids = trial.scratch("index", 4L * blocks);
    Trial.Slot input = trial.input("logits", logits);
    trial.launch(
        code(one, "argmax"), "argmax", 256, Trial.Grid.of(blocks), values, ids, input, count);
    return trial.launch(
        code(one, "argmax"),
        "argmax_finish",
        one.wave(),
        Trial.Grid.of(1),
        trial.output("token", Element.I32, new Expectation(1, 1).set(0, token, 0)),
        trial.output("history", Element.I32, new Expectation(1, 9).set(4, token, 0)),
        trial.output("state", new int[] {3, 4}, new Expectation(1, 2).set(0, 4, 0).set(1, 5, 0)),
        values,
        ids,
        blocks);
  }

  /**
   * Logits of few values, so that ties occur; of equal ones the lower id is first. With {@code nan}
   * 1 a logit is NaN: id 0 and a weight of NaN in every slot.
   */
  static Trial route(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int experts = one.size("experts");
    int used = one.size("used");
    int tokens = one.size("tokens");
    boolean normalize = one.size("normalize", 0) == 1;
    boolean nan = one.constant("nan", 0) == 1;
    int stride = experts + 1;
    float[] logits = new float[tokens * stride];
    Expectation ids = new Expectation(tokens, used);
    Expectation weights = new Expectation(tokens, used);
    for (int token = 0; token < tokens; token++) {
      double[] row = new double[experts];
      for (int i = 0; i < experts; i++) {
        logits[token * stride + i] = random.nextInt(-12, 13) / 2f;
        row[i] = logits[token * stride + i];
      }
      int[] chosen =
          IntStream.range(0, experts)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -row[i]))
              .limit(used)
              .mapToInt(i -> i)
              .toArray();
      double most = row[chosen[0]];
      double all = 0;
      double ofChosen = 0;
      for (double logit : row) {
        all += Math.exp(logit - most);
      }
      for (int id : chosen) {
        ofChosen += Math.exp(row[id] - most);
      }
      for (int slot = 0; slot < used; slot++) {
        double weight = Math.exp(row[chosen[slot]] - most) / (normalize ? ofChosen : all);
        // Logits lie within 12 of the largest: three exponentials of that, and the sums' chains.
        double relative =
            3 * RowTrials.exponentialOfDifference(12) + RoundingBound.gamma(experts + used + 8);
        ids.set(token * used + slot, nan ? 0 : chosen[slot], 0);
        weights.setOrNaN(
            token * used + slot, nan ? Double.NaN : weight, nan ? 0 : weight * relative);
      }
      if (nan) {
        logits[token * stride + random.nextInt(experts)] = Float.NaN;
      }
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "moe_route"),
        "moe_route",
        one.wave(),
        Trial.Grid.of(1, tokens),
        trial.output("ids", Element.I32, ids),
        trial.output("weights", Element.F32, weights),
        trial.input("logits", logits),
        experts,
        used,
        stride,
        normalize ? 1 : 0);
  }

  static Trial combine(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int used = one.size("used");
    int columns = one.size("columns");
    int tokens = one.size("tokens");
    float[] parts = one.inputs().values(random, tokens * used, columns);
    float[] weights = InputClass.NORMAL.values(random, tokens, used);
    float[] residual = InputClass.NORMAL.values(random, tokens, columns + 1);
    Expectation expected = new Expectation(tokens, columns + 1);
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < columns; i++) {
        double sum = residual[token * (columns + 1) + i];
        double magnitude = Math.abs(sum);
        double energy = sum * sum;
        for (int slot = 0; slot < used; slot++) {
          int item = token * used + slot;
          double term = (double) weights[item] * parts[item * columns + i];
          sum += term;
          magnitude += Math.abs(term);
          energy += term * term;
        }
        double bound =
            RoundingBound.gamma(2 * used + 1) * magnitude + used * RoundingBound.F32_FLUSH;
        expected.set(token * (columns + 1) + i, new Product.Value(sum, bound, energy));
      }
    }
    Trial trial = new Trial();
    Trial.Slot y = trial.output("y", residual, expected);
    return trial.launch(
        code(one, "moe_route"),
        "moe_combine",
        256,
        Trial.Grid.of(Grids.blocks(columns, 256), tokens),
        y,
        trial.input("parts", parts),
        trial.input("weights", weights),
        y,
        used,
        columns,
        columns + 1);
  }

  /** y += x / (1 + exp(-gate)). */
  static Trial addShared(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int columns = one.size("columns");
    int tokens = one.size("tokens");
    float[] y = InputClass.NORMAL.values(random, tokens, columns + 1);
    float[] x = one.inputs().values(random, tokens, columns);
    float[] gate = InputClass.NORMAL.values(random, tokens, 3);
    Expectation expected = new Expectation(tokens, columns + 1);
    for (int token = 0; token < tokens; token++) {
      double g = gate[token * 3];
      double factor = 1 / (1 + Math.exp(-g));
      for (int i = 0; i < columns; i++) {
        double term = x[token * columns + i] * factor;
        double before = y[token * (columns + 1) + i];
        double sum = before + term;
        double relative = RoundingBound.exponential(g) + RoundingBound.gamma(4);
        double bound =
            Math.abs(term) * relative
                + RoundingBound.gamma(1) * (Math.abs(sum) + Math.abs(term))
                + 2 * RoundingBound.F32_FLUSH;
        double energy = before * before + term * term;
        expected.set(token * (columns + 1) + i, new Product.Value(sum, bound, energy));
      }
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "moe_route"),
        "moe_add_shared",
        256,
        Trial.Grid.of(Grids.blocks(columns, 256), tokens),
        trial.output("y", y, expected),
        trial.input("x", x),
        trial.input("gate", gate),
        columns,
        columns + 1,
        columns,
        3);
  }
}
