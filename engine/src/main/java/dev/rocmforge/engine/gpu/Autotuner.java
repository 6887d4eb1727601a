package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.KernelCompilationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Looks for a launch shape that is clearly faster than the table's. Every candidate must compute
 * what the table's shape computes; times are taken in turns, so that a change of the clock meets
 * all of them alike.
 */
final class Autotuner {
  /** Sums in another order differ by this much of their norm, and by no more. */
  private static final double MOST_DIFFERENCE = 1e-5;

  private static final int FIRST_ROUNDS = 3;
  private static final int FINALISTS = 3;
  private static final int ROUNDS = 15;

  /** Rounds in which the winner must have been faster than the table's shape. */
  private static final int ROUNDS_WON = 12;

  /** Of the table's time, that the winner may take at most. */
  private static final double CLEARLY_BETTER = 0.97;

  /**
   * What was found.
   *
   * @param shape the table's own unless another is clearly faster
   * @param tableMicros median of the table's shape
   * @param micros median of {@code shape}
   * @param tried candidates that were timed
   * @param refused candidates whose output was wrong or that do not compile
   */
  record Finding(LaunchShape shape, double tableMicros, double micros, int tried, int refused) {}

  private record Runner(LaunchShape shape, ShapeTrial.Stopwatch stopwatch, List<Double> micros) {
    double median() {
      double[] sorted = micros.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      return sorted[sorted.length / 2];
    }
  }

  private Autotuner() {}

  /** Shapes worth a try that the operation allows on a device with this wave size. */
  static List<LaunchShape> candidates(String operation, int wave) {
    List<LaunchShape> all = new ArrayList<>();
    for (int threads : new int[] {64, 128, 256}) {
      for (int share : new int[] {1, 2, 4, 8}) {
        for (int rows : new int[] {1, 2, 4}) {
          LaunchShape shape = new LaunchShape(threads, share, rows, false);
          if (shape.legal(operation, wave)) {
            all.add(shape);
          }
        }
      }
    }
    return all;
  }

  static Finding tune(LaunchShape table, List<LaunchShape> candidates, ShapeTrial trial) {
    float[] expected = trial.output(table);
    List<LaunchShape> right = new ArrayList<>();
    int refused = 0;
    for (LaunchShape candidate : candidates) {
      if (candidate.equals(table)) {
        continue;
      }
      if (agrees(expected, candidate, trial)) {
        right.add(candidate);
      } else {
        refused++;
      }
    }
    var closing = new Closing();
    try {
      Runner base = closing(closing, table, trial);
      List<Runner> runners = right.stream().map(one -> closing(closing, one, trial)).toList();
      rounds(base, runners, FIRST_ROUNDS);
      List<Runner> finalists =
          runners.stream()
              .sorted(Comparator.comparingDouble(Runner::median))
              .limit(FINALISTS)
              .toList();
      base.micros().clear();
      finalists.forEach(one -> one.micros().clear());
      rounds(base, finalists, ROUNDS);
      Runner best =
          finalists.stream()
              .filter(one -> better(one, base))
              .min(Comparator.comparingDouble(Runner::median))
              .orElse(base);
      return new Finding(best.shape(), base.median(), best.median(), right.size(), refused);
    } finally {
      closing.run();
    }
  }

  private static Runner closing(Closing closing, LaunchShape shape, ShapeTrial trial) {
    return new Runner(shape, closing.add(trial.stopwatch(shape)), new ArrayList<>());
  }

  private static void rounds(Runner base, List<Runner> runners, int count) {
    for (int i = 0; i < count; i++) {
      base.micros().add(base.stopwatch().micros());
      for (Runner runner : runners) {
        runner.micros().add(runner.stopwatch().micros());
      }
    }
  }

  private static boolean better(Runner candidate, Runner base) {
    int won = 0;
    for (int i = 0; i < base.micros().size(); i++) {
      won += candidate.micros().get(i) < base.micros().get(i) ? 1 : 0;
    }
    return won >= ROUNDS_WON && candidate.median() <= CLEARLY_BETTER * base.median();
  }

  private static boolean agrees(float[] expected, LaunchShape candidate, ShapeTrial trial) {
    float[] found;
    try {
      found = trial.output(candidate);
    } catch (KernelCompilationException e) {
      return false;
    }
    if (Arrays.equals(expected, found)) {
      return true;
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    // NaN must not compare as small.
    return Math.sqrt(difference) <= MOST_DIFFERENCE * Math.sqrt(norm);
  }
}
