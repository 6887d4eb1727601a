package dev.rocmforge.engine.gpu;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A prompt and the single tokens behind it on the device, against the reference. */
final class CrossRun {
  private final Map<Integer, float[]> logits = new TreeMap<>();
  private final ExpertChoices choices;
  private final CrossReference.Expected expected;

  /**
   * Runs at once.
   *
   * @param session at position 0
   */
  CrossRun(GpuSession session, CrossReference reference, CrossWay way, int length) {
    int count = length + CrossReference.STEPS;
    choices = new ExpertChoices(reference.model.config(), count);
    int pass = pass(way, reference.mixed(), length);
    for (int from = 0; from < length; from += pass) {
      int to = Math.min(from + pass, length);
      run(session, Arrays.copyOfRange(reference.tokens, from, to));
    }
    for (int at = length; at < count; at++) {
      run(session, new int[] {reference.tokens[at]});
    }
    int layers = reference.layers();
    expected =
        reference.expected(
            choices,
            count,
            at -> at < length ? way.prefillBound(layers, length) : way.stepBound(layers));
  }

  /**
   * What the device chose can be read behind each pass, so mixtures go pass by pass; by passes that
   * leave no single token, which would be a step.
   */
  private static int pass(CrossWay way, boolean mixed, int length) {
    if (way.prefill() == CrossWay.Prefill.SINGLE) {
      return 1;
    }
    return mixed ? CrossWay.BATCH - 1 : length;
  }

  private void run(GpuSession session, int[] tokens) {
    float[] row = session.prefill(tokens).clone();
    logits.put(session.position() - 1, row);
    choices.take(session, tokens.length);
  }

  /** Relative L2 error of the logits there, the reference with the device's experts. */
  double error(int position) {
    return EmulatedGpu.distance(expected.rows().get(position), logits.get(position));
  }

  CrossRow.Experts experts() {
    double unsteered = 0;
    for (Map.Entry<Integer, float[]> row : logits.entrySet()) {
      float[] own = expected.own().get(row.getKey());
      if (expected.turned() > 0 && own != null) {
        unsteered = Math.max(unsteered, EmulatedGpu.distance(own, row.getValue()));
      }
    }
    return new CrossRow.Experts(expected.turned(), expected.clearest(), unsteered);
  }
}
