package dev.rocmforge.engine.gpu;

import java.util.List;

/**
 * The tokens that a way picks. A mixture's may part from the scalar backend's where two experts
 * nearly tie; then the reference is run again with the device's experts, and must pick the same.
 */
final class CrossTokens {
  /** Behind a hash: the reference picks these with the device's experts, not with its own. */
  static final String STEERED = "*";

  private final List<String> tokens;
  private final CrossRow.Experts experts;

  /**
   * @param scalar what the scalar backend picks, of floats
   */
  CrossTokens(GpuSession session, CrossReference reference, CrossWay way, List<String> scalar) {
    int count = CrossReference.PROMPT + CrossReference.GREEDY + CrossReference.SAMPLED;
    var choices = new ExpertChoices(reference.model.config(), count);
    boolean singles = way.prefill() == CrossWay.Prefill.SINGLE;
    int[][] generated = reference.generate(session, singles, rows -> choices.take(session, rows));
    List<String> own = GpuCross.hashes(generated);
    if (!reference.mixed() || way.q8() || own.equals(scalar)) {
      tokens = own;
      experts = CrossRow.Experts.SAME;
      return;
    }
    int layers = reference.layers();
    var steering = new RouterSteering(choices, _ -> way.stepBound(layers));
    List<String> steered = GpuCross.hashes(reference.generate(way.kvType(), steering, generated));
    tokens = own.equals(steered) ? List.of(own.get(0), own.get(1) + STEERED) : own;
    experts = new CrossRow.Experts(steering.turned(), steering.clearest(), 0);
  }

  List<String> tokens() {
    return tokens;
  }

  /** Choices that differ on the way, if the tokens did. */
  CrossRow.Experts experts() {
    return experts;
  }
}
