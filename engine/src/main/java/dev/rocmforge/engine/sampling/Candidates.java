package dev.rocmforge.engine.sampling;

/**
 * The tokens still in the running, in ascending order of id, with their unnormalised weights (the
 * likeliest has about 1). Every step drops some and keeps that order, so that a draw depends on the
 * weights alone and not on how a selection moved things about.
 *
 * <p>Rank order is: higher weight first, of equals the lower id. Steps find the last rank they keep
 * by selection, expected linear in the number of candidates; nothing is ever sorted.
 */
final class Candidates {
  private final int[] ids;
  private final double[] weights;
  private final int[] order;
  private int count;

  Candidates(int vocabularySize) {
    ids = new int[vocabularySize];
    weights = new double[vocabularySize];
    order = new int[vocabularySize];
  }

  void begin() {
    count = 0;
  }

  /** Adds a token; ids must ascend. */
  void add(int id, double weight) {
    ids[count] = id;
    weights[count++] = weight;
  }

  /** Keeps the first {@code k} by rank; 0 keeps all. */
  void keepBest(int k) {
    if (k > 0 && k < count) {
      for (int i = 0; i < count; i++) {
        order[i] = i;
      }
      keepUpTo(select(count, k, Double.POSITIVE_INFINITY));
    }
  }

  /** Keeps the fewest by rank whose weights reach {@code share} of the total; 1 keeps all. */
  void keepMass(double share) {
    if (share >= 1) {
      return;
    }
    double total = total();
    // Everything below this weight together is lighter than what may be dropped, so the boundary
    // lies above it; on real logits this leaves few candidates to select among.
    double floor = (1 - share) * total / count * 0.999;
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] >= floor) {
        order[n++] = i;
      }
    }
    keepUpTo(select(n, n, share * total));
  }

  /** Keeps those whose weight is at least {@code fraction} of the highest. */
  void keepAtLeast(double fraction) {
    if (fraction == 0) {
      return;
    }
    double max = 0;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, weights[i]);
    }
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] >= fraction * max) {
        ids[n] = ids[i];
        weights[n++] = weights[i];
      }
    }
    count = n;
  }

  /** The candidate at {@code u} in [0, 1) of the cumulated weights, ids ascending. */
  int draw(double u) {
    double rest = u * total();
    int last = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] > 0) {
        last = i;
        rest -= weights[i];
        if (rest < 0) {
          break;
        }
      }
    }
    return ids[last];
  }

  /** Writes the normalised weights to their ids; the other entries stay. */
  void probabilities(double[] into) {
    double total = total();
    for (int i = 0; i < count; i++) {
      into[ids[i]] = weights[i] / total;
    }
  }

  private double total() {
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += weights[i];
    }
    return total;
  }

  private void keepUpTo(int boundary) {
    double weight = weights[boundary];
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] > weight || (weights[i] == weight && i <= boundary)) {
        ids[n] = ids[i];
        weights[n++] = weights[i];
      }
    }
    count = n;
  }

  /**
   * The last of the first {@code places} candidates of {@code order[0, n)} by rank, or an earlier
   * one with which the summed weight reaches {@code mass}.
   */
  private int select(int n, int places, double mass) {
    int low = 0;
    int high = n;
    int last = places - 1;
    double missing = mass;
    while (high - low > 1) {
      int pivot = partition(low, high);
      double left = 0;
      for (int i = low; i <= pivot; i++) {
        left += weights[order[i]];
      }
      if (left >= missing || pivot >= last) {
        // The boundary is the pivot or before it.
        double before = left - weights[order[pivot]];
        if (before < missing && pivot <= last) {
          return order[pivot];
        }
        high = pivot;
      } else {
        missing -= left;
        low = pivot + 1;
      }
    }
    return order[Math.min(low, n - 1)];
  }

  /** Moves what ranks before a pivot to its left; returns the pivot's place. */
  private int partition(int low, int high) {
    int end = high - 1;
    swap(medianOfThree(low, (low + high) >>> 1, end), end);
    int pivot = order[end];
    int place = low;
    for (int i = low; i < end; i++) {
      if (ranksBefore(order[i], pivot)) {
        swap(i, place++);
      }
    }
    swap(place, end);
    return place;
  }

  private int medianOfThree(int a, int b, int c) {
    if (ranksBefore(order[a], order[b])) {
      return ranksBefore(order[b], order[c]) ? b : ranksBefore(order[a], order[c]) ? c : a;
    }
    return ranksBefore(order[a], order[c]) ? a : ranksBefore(order[b], order[c]) ? c : b;
  }

  private boolean ranksBefore(int i, int j) {
    return weights[i] > weights[j] || (weights[i] == weights[j] && i < j);
  }

  private void swap(int i, int j) {
    int id = order[i];
    order[i] = order[j];
    order[j] = id;
  }
}
