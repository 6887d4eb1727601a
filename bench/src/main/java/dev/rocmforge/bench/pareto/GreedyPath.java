package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.convert.TensorForm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The best choices where losses add up: of each tensor the forms on the lower convex hull of loss
 * over bytes, all steps along them taken in the order of loss a byte saved. Where a step ends no
 * other choice of as few bytes loses less; between two ends the larger choice stands. Pure.
 */
final class GreedyPath {
  /** From one form of a tensor to the next on its hull. */
  private record Step(String tensor, TensorCosts.Cost from, TensorCosts.Cost to) {
    long saved() {
      return from.bytes() - to.bytes();
    }

    double slope() {
      return (to.loss() - from.loss()) / saved();
    }
  }

  /**
   * A choice of forms.
   *
   * @param forms of the tensors that do not stay as they are
   * @param loss summed
   */
  record Choice(SortedMap<String, TensorForm> forms, long bytes, double loss) {}

  private final long sourceBytes;
  private final List<Step> steps = new ArrayList<>();

  /**
   * @param fixedBytes of the tensors that have no choice
   */
  GreedyPath(long fixedBytes, List<TensorCosts> tensors) {
    long bytes = fixedBytes;
    for (TensorCosts tensor : tensors) {
      bytes += tensor.costs().getFirst().bytes();
      List<TensorCosts.Cost> hull = hull(tensor.costs());
      for (int i = 1; i < hull.size(); i++) {
        steps.add(new Step(tensor.name(), hull.get(i - 1), hull.get(i)));
      }
    }
    sourceBytes = bytes;
    // Stable: equal slopes stay in the order of tensors, and of a tensor in that of its hull.
    steps.sort(Comparator.comparingDouble(Step::slope));
  }

  /** From the first form on, which all others are smaller than. */
  private static List<TensorCosts.Cost> hull(List<TensorCosts.Cost> costs) {
    List<TensorCosts.Cost> left = new ArrayList<>(costs.subList(1, costs.size()));
    left.sort(
        Comparator.comparingLong(TensorCosts.Cost::bytes)
            .reversed()
            .thenComparingDouble(TensorCosts.Cost::loss));
    List<TensorCosts.Cost> hull = new ArrayList<>(List.of(costs.getFirst()));
    for (TensorCosts.Cost cost : left) {
      if (cost.bytes() == hull.getLast().bytes()) {
        continue;
      }
      while (hull.size() > 1
          && slope(hull.getLast(), cost) <= slope(before(hull), hull.getLast())) {
        hull.removeLast();
      }
      hull.add(cost);
    }
    return hull;
  }

  private static TensorCosts.Cost before(List<TensorCosts.Cost> hull) {
    return hull.get(hull.size() - 2);
  }

  private static double slope(TensorCosts.Cost from, TensorCosts.Cost to) {
    return (to.loss() - from.loss()) / (from.bytes() - to.bytes());
  }

  /** Everything as it is. */
  long sourceBytes() {
    return sourceBytes;
  }

  /** The largest choice of at most so many bytes; the smallest of all where none is. */
  Choice within(long bytes) {
    TreeMap<String, TensorForm> forms = new TreeMap<>();
    long left = sourceBytes;
    double loss = 0;
    for (Step step : steps) {
      if (left <= bytes) {
        break;
      }
      forms.put(step.tensor(), step.to().form());
      left -= step.saved();
      loss += step.to().loss() - step.from().loss();
    }
    return new Choice(forms, left, loss);
  }

  /** Bytes of the last choice that loses at most so much. */
  long bytesAt(double most) {
    long left = sourceBytes;
    double loss = 0;
    for (Step step : steps) {
      loss += step.to().loss() - step.from().loss();
      if (loss > most) {
        break;
      }
      left -= step.saved();
    }
    return left;
  }
}
