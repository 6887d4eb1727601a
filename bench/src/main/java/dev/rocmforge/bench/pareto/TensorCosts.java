package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.convert.TensorForm;
import java.util.List;

/**
 * What the forms of one tensor cost.
 *
 * @param name of the tensor
 * @param costs the form it has first, then all that are smaller
 */
record TensorCosts(String name, List<Cost> costs) {
  /**
   * One form.
   *
   * @param bytes of the tensor in it
   * @param loss what it does by itself, in a unit that adds up over tensors
   */
  record Cost(TensorForm form, long bytes, double loss) {}

  TensorCosts {
    costs = List.copyOf(costs);
  }
}
