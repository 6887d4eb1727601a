package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Windows of a text, drawn without repetition.
 *
 * @param calibration what single tensors are measured on
 * @param measurement what points are measured on; none of {@code calibration}
 */
record TextWindows(List<int[]> calibration, List<int[]> measurement) {
  /**
   * Draws windows.
   *
   * @throws InputException if the text is too short
   */
  static TextWindows of(int[] tokens, ParetoPlan plan) {
    int needed = plan.calibrationWindows() + plan.windows();
    int there = tokens.length / plan.window();
    if (there < needed) {
      throw new InputException(
          "text: %d windows of %d tokens needed, its %d tokens have %d"
              .formatted(needed, plan.window(), tokens.length, there));
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, there).boxed().toList());
    Collections.shuffle(order, new Random(plan.seed()));
    List<int[]> windows =
        order.subList(0, needed).stream()
            .map(w -> Arrays.copyOfRange(tokens, w * plan.window(), (w + 1) * plan.window()))
            .toList();
    return new TextWindows(
        windows.subList(0, plan.calibrationWindows()),
        windows.subList(plan.calibrationWindows(), needed));
  }
}
