package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Session;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's predictions over windows of a text, kept so that many variants can be held against
 * them: {@link Divergence} runs the reference again each time, this one once. Windows know nothing
 * of each other. Keeps one float a token of the vocabulary and position. Immutable.
 */
public final class KeptPredictions {
  private final List<int[]> windows;
  private final List<float[][]> logits;

  private KeptPredictions(List<int[]> windows, List<float[][]> logits) {
    this.windows = windows;
    this.logits = logits;
  }

  /**
   * Runs the reference.
   *
   * @param reference rewound to 0 before each window; must have room for the longest
   * @param windows at least one, of at least one token each
   */
  public static KeptPredictions of(Session reference, List<int[]> windows) {
    List<float[][]> logits = new ArrayList<>();
    for (int[] window : windows) {
      float[][] rows = new float[window.length][];
      reference.rewind(0);
      reference.forward(window, (position, row) -> rows[position] = row.clone());
      logits.add(rows);
    }
    return new KeptPredictions(List.copyOf(windows), logits);
  }

  /** Positions compared. */
  public int positions() {
    return windows.stream().mapToInt(window -> window.length).sum();
  }

  /**
   * Mean Kullback-Leibler divergence of the next token's distribution over all positions, the
   * reference first, in nats; summed in double in the text's order.
   *
   * @param subject rewound to 0 before each window
   */
  public double divergence(Session subject) {
    double[] sum = {0};
    for (int w = 0; w < windows.size(); w++) {
      float[][] rows = logits.get(w);
      subject.rewind(0);
      subject.forward(
          windows.get(w),
          (position, row) ->
              sum[0] += dev.rocmforge.validation.numeric.Divergence.ofLogits(rows[position], row));
    }
    return sum[0] / positions();
  }
}
