package dev.rocmforge.engine.gpu;

import java.util.List;

/**
 * The tokens that a way picks. They may part from the scalar backend's where two experts nearly
 * tie, or where a draw lies at the border of two tokens. Then the reference is run again with the
 * device's experts and tokens, and its logits are compared at every place.
 */
final class CrossTokens {
  /** Behind a hash: not the scalar backend's, but the logits agree at every place. */
  private static final String FORCED = "*";

  private final List<String> tokens;
  private final CrossRow.Experts experts;

  /**
   * @param scalar what the scalar backend picks, of floats
   */
  CrossTokens(GpuSession session, CrossReference reference, CrossWay way, List<String> scalar) {
    int count = CrossReference.PROMPT + CrossReference.GREEDY + CrossReference.SAMPLED;
    var choices = new ExpertChoices(reference.model.config(), count);
    boolean singles = way.prefill() == CrossWay.Prefill.SINGLE;
    CrossReference.Generated device =
        reference.generate(session, singles, rows -> choices.take(session, rows));
    List<String> own = GpuCross.hashes(device.tokens());
    if (way.q8() || own.equals(scalar)) {
      tokens = own;
      experts = CrossRow.Experts.SAME;
      return;
    }
    double bound = way.stepBound(reference.layers());
    var steering = new RouterSteering(choices, _ -> bound);
    CrossReference.Generated forced = reference.forced(way.kvType(), steering, device.tokens());
    double most = 0;
    for (int i = 0; i < device.logits().size(); i++) {
      double error = EmulatedGpu.distance(forced.logits().get(i), device.logits().get(i));
      most = Math.max(most, error);
    }
    System.err.printf(
        "%s: other tokens than the scalar backend; with its experts and tokens logits within %.2g,"
            + " bound %.2g, %d of %d picked otherwise%n",
        way.key().replace('\t', ' '),
        most,
        bound,
        different(device, forced),
        device.logits().size());
    tokens = most <= bound ? List.of(own.get(0), own.get(1) + FORCED) : own;
    experts = new CrossRow.Experts(steering.turned(), steering.clearest(), 0);
  }

  private static int different(CrossReference.Generated a, CrossReference.Generated b) {
    int different = 0;
    for (int part = 0; part < a.tokens().size(); part++) {
      for (int i = 0; i < a.tokens().get(part).length; i++) {
        different += a.tokens().get(part)[i] == b.tokens().get(part)[i] ? 0 : 1;
      }
    }
    return different;
  }

  static boolean forced(List<String> tokens) {
    return tokens.getLast().endsWith(FORCED);
  }

  /** The hashes themselves. */
  static List<String> plain(List<String> tokens) {
    return tokens.stream().map(hash -> hash.replace(FORCED, "")).toList();
  }

  List<String> tokens() {
    return tokens;
  }

  /** Choices of experts that differ from the reference's, if the tokens did. */
  CrossRow.Experts experts() {
    return experts;
  }
}
