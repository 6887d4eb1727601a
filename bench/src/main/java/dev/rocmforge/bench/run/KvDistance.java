package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.session.KvReader;

/**
 * How far one cache is from another.
 *
 * @param keys relative L2 distance of all keys
 * @param values the same of all values
 * @param worst largest difference of two elements
 * @param layer where that is
 * @param position where that is
 */
public record KvDistance(double keys, double values, double worst, int layer, int position) {
  /**
   * Compares every element; a NaN on one side alone is infinitely far.
   *
   * @throws InputException if the caches differ in shape
   */
  public static KvDistance of(KvReader expected, KvReader found) {
    same("layers", expected.layers(), found.layers());
    same("positions", expected.positions(), found.positions());
    same("key width", expected.keyWidth(), found.keyWidth());
    same("value width", expected.valueWidth(), found.valueWidth());
    var keys = new Sum();
    var values = new Sum();
    double worst = 0;
    int layerOfWorst = 0;
    int positionOfWorst = 0;
    for (int layer = 0; layer < expected.layers(); layer++) {
      for (int position = 0; position < expected.positions(); position++) {
        double most = 0;
        for (int i = 0; i < expected.keyWidth(); i++) {
          most =
              Math.max(
                  most, keys.add(expected.key(layer, position, i), found.key(layer, position, i)));
        }
        for (int i = 0; i < expected.valueWidth(); i++) {
          most =
              Math.max(
                  most,
                  values.add(expected.value(layer, position, i), found.value(layer, position, i)));
        }
        if (most > worst) {
          worst = most;
          layerOfWorst = layer;
          positionOfWorst = position;
        }
      }
    }
    return new KvDistance(keys.relative(), values.relative(), worst, layerOfWorst, positionOfWorst);
  }

  private static void same(String what, int expected, int found) {
    if (expected != found) {
      throw new InputException(
          "KV caches: %s: the same needed, %d and %d found".formatted(what, expected, found));
    }
  }

  /** Whether not a bit differs but for the sign of zeros. */
  public boolean equal() {
    return worst == 0;
  }

  private static final class Sum {
    private double difference;
    private double norm;

    double add(float expected, float found) {
      if (Float.compare(expected, found) == 0) {
        norm += (double) expected * expected;
        return 0;
      }
      double apart = Math.abs((double) expected - found);
      if (Double.isNaN(apart)) {
        apart = Double.POSITIVE_INFINITY;
      }
      difference += apart * apart;
      norm += (double) expected * expected;
      return apart;
    }

    double relative() {
      return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }
  }
}
