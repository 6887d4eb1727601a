package dev.rocmforge.reports.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class ChangePointsTest {
  private static final ChangePoints.Settings SETTINGS = ChangePoints.Settings.DEFAULT;

  private static double[] times(
      List<RecordedHistory.Run> runs, ToDoubleFunction<RecordedHistory.Run> rate) {
    return runs.stream().mapToDouble(run -> 1 / rate.applyAsDouble(run)).toArray();
  }

  /** The dates of the steps with the factor of the speed. */
  private static NavigableMap<String, Double> steps(
      List<RecordedHistory.Run> runs, ToDoubleFunction<RecordedHistory.Run> rate) {
    NavigableMap<String, Double> steps = new TreeMap<>();
    for (ChangePoint point : ChangePoints.of(times(runs, rate), SETTINGS)) {
      steps.put(runs.get(point.index()).date(), 1 / point.ratio().middle());
    }
    return steps;
  }

  /**
   * The decode of the three series with enough tokens doubled on 26 May and rose by a tenth on 16
   * July: a person sees both in each of them, and nothing else.
   */
  @Test
  void theStepsOfDecodeThatAPersonSeesAreFound() throws IOException {
    RecordedHistory history = RecordedHistory.read();
    int whole = 0;
    int shortRows = 0;
    for (String name : history.series().keySet()) {
      List<RecordedHistory.Run> kept = history.longEnough(name);
      shortRows += history.series().get(name).size() - kept.size();
      if (kept.size() < 2 * SETTINGS.leastRuns()) {
        continue;
      }
      whole++;
      NavigableMap<String, Double> steps = steps(kept, RecordedHistory.Run::decodeRate);
      assertEquals(List.of("2026-05-26", "2026-07-16"), List.copyOf(steps.keySet()), name);
      assertTrue(steps.get("2026-05-26") > 1.5 && steps.get("2026-05-26") < 2.5, name + steps);
      assertEquals(1.1, steps.get("2026-07-16"), 0.03, name);
    }
    assertEquals(3, whole);
    assertEquals(241, history.series().values().stream().mapToInt(List::size).sum());
    assertEquals(138, shortRows);
  }

  /** The 16 July shows in the prefill of eight series; in one of them it fell. */
  @Test
  void theStepsOfPrefillThatAPersonSeesAreFound() throws IOException {
    RecordedHistory history = RecordedHistory.read();
    int near = 0;
    for (String name : history.series().keySet()) {
      NavigableMap<String, Double> steps =
          steps(history.prefilled(name), RecordedHistory.Run::prefillRate);
      assertTrue(steps.size() <= 1, () -> name + steps);
      near += steps.isEmpty() || steps.firstKey().compareTo("2026-06-25") < 0 ? 0 : 1;
      if (!steps.isEmpty()) {
        boolean fell = name.contains(" batch-prefill-decode");
        assertEquals(fell, steps.firstEntry().getValue() < 1, () -> name + steps);
      }
    }
    assertEquals(8, near);
  }

  @Test
  void theWildRunBesideAStepIsAnOutlierAndDoesNotMoveIt() throws IOException {
    List<RecordedHistory.Run> runs =
        RecordedHistory.read().longEnough("opencl Qwen3-0.6B Q8_0 standard");
    double[] times = times(runs, RecordedHistory.Run::decodeRate);
    List<ChangePoint> points = ChangePoints.of(times, SETTINGS);
    List<Outlier> outliers = Outlier.of(times, points);
    assertEquals(11, outliers.getFirst().index());
    assertEquals(12.5 / 46.5, 1 / outliers.getFirst().ratio(), 0.03);
    assertEquals(10, points.getFirst().index());
  }

  @Test
  void noiseAndSpikesAreNoChange() {
    Random random = new Random(11);
    int wrong = 0;
    for (int i = 0; i < 200; i++) {
      double[] runs = new SimulatedRuns(0.02, 0.3, 0.05).draw(60, random);
      wrong += ChangePoints.of(runs, SETTINGS).isEmpty() ? 0 : 1;
    }
    assertTrue(wrong <= 4, wrong + " of 200 histories without a change have one");
  }

  @Test
  void aLongHistoryIsLookedAtFromItsLatestRuns() {
    double[] runs = new SimulatedRuns(0.02, 0, 0).draw(700, new Random(3));
    for (int i = 0; i < runs.length; i++) {
      runs[i] *= i < 100 ? 2 : i < 450 ? 1 : 1.05;
    }
    List<ChangePoint> points = ChangePoints.of(runs, SETTINGS);
    assertEquals(1, points.size(), points::toString);
    assertEquals(450, points.getFirst().index(), 5);
    assertEquals(points, ChangePoints.of(runs, SETTINGS));
  }

  @Test
  void tooFewRunsHaveNoChange() {
    assertEquals(List.of(), ChangePoints.of(new double[0], SETTINGS));
    assertEquals(List.of(), ChangePoints.of(new double[] {1, 2, 1, 2, 9, 9, 9, 9, 9}, SETTINGS));
    double[] equal = new double[40];
    Arrays.fill(equal, 5);
    assertEquals(List.of(), ChangePoints.of(equal, SETTINGS));
  }
}
