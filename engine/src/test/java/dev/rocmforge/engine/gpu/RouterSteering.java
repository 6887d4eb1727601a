package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;

/**
 * Gives the scalar backend the experts that a run on the device chose, and measures what it takes:
 * where its own choice differs, the clearest lead that had to be turned. An expert that the device
 * left out changes its router logit with one that the device took, so the weights of the chosen
 * experts stay what they were but for that lead.
 */
final class RouterSteering implements Probe {
  private final ExpertChoices choices;
  private final IntToDoubleFunction bound;
  private int turned;
  private double clearest;

  /**
   * @param bound by position, the most that a row of router logits may err, relative L2
   */
  RouterSteering(ExpertChoices choices, IntToDoubleFunction bound) {
    this.choices = choices;
    this.bound = bound;
  }

  /** Tokens and layers where the reference would have chosen other experts. */
  int turned() {
    return turned;
  }

  /**
   * The largest lead turned, as a share of what the bound can turn: two logits that err by e1 and
   * e2 change their difference by at most {@code |e1| + |e2| <= sqrt(2) |e|}, so more than 1 is no
   * rounding.
   */
  double clearest() {
    return clearest;
  }

  @Override
  public void observe(
      Stage stage, int layer, float[] values, int tokens, int experts, int firstPosition) {
    if (stage != Stage.ROUTER) {
      return;
    }
    for (int i = 0; i < tokens; i++) {
      BitSet taken = choices.at(layer, firstPosition + i);
      BitSet own = choices.best(values, i * experts, experts);
      if (!own.equals(taken)) {
        turn(values, i * experts, experts, own, taken, bound.applyAsDouble(firstPosition + i));
      }
    }
  }

  private void turn(
      float[] values, int from, int experts, BitSet own, BitSet taken, double allowed) {
    double squares = 0;
    for (int e = 0; e < experts; e++) {
      squares += (double) values[from + e] * values[from + e];
    }
    BitSet left = (BitSet) own.clone();
    left.andNot(taken);
    BitSet entering = (BitSet) taken.clone();
    entering.andNot(own);
    float highest = Float.NEGATIVE_INFINITY;
    float lowest = Float.POSITIVE_INFINITY;
    int in = entering.nextSetBit(0);
    for (int out = left.nextSetBit(0); out >= 0; out = left.nextSetBit(out + 1)) {
      float was = values[from + out];
      highest = Math.max(highest, was);
      lowest = Math.min(lowest, values[from + in]);
      values[from + out] = values[from + in];
      values[from + in] = Math.nextUp(was);
      in = entering.nextSetBit(in + 1);
    }
    turned++;
    double lead = ((double) highest - lowest) / Math.sqrt(squares);
    clearest = Math.max(clearest, lead / (Math.sqrt(2) * allowed));
  }
}
