package dev.rocmforge.engine.cpu.vector;

import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.FloatVector;

/**
 * What the activations of a group are multiplied by before a panel's words meet them, by their
 * place in the group.
 */
final class ActivationPattern {
  private final int group;

  /** 2 to the power of minus the bit at which the code begins. */
  private final float[] factors;

  /**
   * By what an activation enters the group's start: minus the middle of codes that lie unsigned.
   */
  private final float[] weights;

  /**
   * @param group columns
   * @param bit lowest bit of the code of a column
   * @param weight of a column's activation in the start
   */
  ActivationPattern(int group, IntUnaryOperator bit, IntToDoubleFunction weight) {
    this.group = group;
    factors = new float[group];
    weights = new float[group];
    for (int i = 0; i < group; i++) {
      factors[i] = (float) Math.scalb(1.0, -bit.applyAsInt(i));
      weights[i] = (float) weight.applyAsDouble(i);
    }
  }

  /** As {@link PanelWords#prepare}. */
  void prepare(float[] x, int at, int cols, float[] scaled, float[] starts, int to) {
    for (int from = 0; from < cols; from += group) {
      int first = to * group + from;
      FloatVector start = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < group; i += Lanes.COUNT) {
        FloatVector values = Lanes.load(x, at + from + i);
        values.mul(Lanes.load(factors, i)).intoArray(scaled, first + i);
        start = values.fma(Lanes.load(weights, i), start);
      }
      starts[to + from / group] = Lanes.sum(start);
    }
  }
}
