package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.convert.TensorForm;
import java.util.List;

/**
 * What is searched.
 *
 * @param seed of the choice of windows
 * @param window tokens in a window
 * @param calibrationWindows windows for what single tensors cost
 * @param windows other ones, for the points
 * @param points least number of points on the frontier
 * @param forms that a tensor may take
 * @param mostNats predicted divergence at which the search ends
 */
public record ParetoPlan(
    long seed,
    int window,
    int calibrationWindows,
    int windows,
    int points,
    List<TensorForm> forms,
    double mostNats) {
  public ParetoPlan {
    forms = List.copyOf(forms);
    positive("--window", window);
    positive("--calibration-windows", calibrationWindows);
    positive("--windows", windows);
    if (points < 2) {
      throw new InputException("--points: 2 or more needed, " + points + " given");
    }
    if (forms.isEmpty()) {
      throw new InputException("--forms: at least one form needed, none given");
    }
    if (!(mostNats > 0 && mostNats < Double.POSITIVE_INFINITY)) {
      throw new InputException("--most-nats: more than 0 needed, " + mostNats + " given");
    }
  }

  private static void positive(String option, int value) {
    if (value < 1) {
      throw new InputException(option + ": 1 or more needed, " + value + " given");
    }
  }
}
