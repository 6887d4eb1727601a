package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.ExpertMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Slots on the device for paged experts. Layers whose experts have the same types and sizes share a
 * pool of slots; a pool gets slots by its share of the bytes of all experts.
 *
 * @param layers the experts of each layer
 * @param poolOf the pool of each layer
 */
record ExpertPlan(List<WeightPlan.Experts> layers, List<Integer> poolOf, List<Pool> pools) {
  /**
   * Rows of one expert that lie in one tensor of slots.
   *
   * @param rows of one expert
   */
  record Stack(QuantType type, int columns, int rows) {
    long bytes(int slots) {
      return PlaneLayout.bytes(type, (long) slots * rows, columns);
    }
  }

  /**
   * Slots of one size: gate and up joined, then down; or gate, up, down.
   *
   * @param experts that share the slots
   */
  record Pool(List<Stack> stacks, int experts, int slots) {
    long bytes(int count) {
      return stacks.stream().mapToLong(stack -> stack.bytes(count)).sum();
    }

    long bytes() {
      return bytes(slots);
    }
  }

  /**
   * One matrix of an expert.
   *
   * @param stack where it goes
   * @param firstRow within the expert's rows there
   * @param tensor of all the layer's experts
   */
  record Part(int stack, int firstRow, Tensor tensor, int rows) {
    long bytes() {
      return rows * tensor.rowBytes();
    }
  }

  /** Gate, up and down. */
  static List<Part> parts(WeightPlan.Experts layer) {
    int inner = Math.toIntExact(layer.gate().rows() / layer.count());
    int outer = Math.toIntExact(layer.down().rows() / layer.count());
    boolean joined = layer.joined();
    return List.of(
        new Part(0, 0, layer.gate(), inner),
        joined ? new Part(0, inner, layer.up(), inner) : new Part(1, 0, layer.up(), inner),
        new Part(joined ? 1 : 2, 0, layer.down(), outer));
  }

  private static List<Stack> stacks(WeightPlan.Experts layer) {
    List<Part> parts = parts(layer);
    List<Stack> stacks = new ArrayList<>();
    for (Part part : parts) {
      if (part.firstRow() == 0) {
        boolean both = part.stack() == 0 && layer.joined();
        int rows = both ? 2 * part.rows() : part.rows();
        stacks.add(new Stack(part.tensor().type(), part.tensor().cols(), rows));
      }
    }
    return stacks;
  }

  /**
   * Slots within a budget.
   *
   * @param memory a share or bytes
   * @param used experts of a token, the fewest slots of a pool
   * @throws InputException without a mixture, or if the budget has no room for those of one token
   */
  static ExpertPlan of(WeightPlan weights, ExpertMemory memory, int used) {
    List<WeightPlan.Experts> layers = weights.experts();
    if (layers.isEmpty()) {
      throw new InputException(
          "expert memory: a mixture of experts needed for a budget, a model without one given");
    }
    Map<List<Stack>, Integer> counts = new LinkedHashMap<>();
    layers.forEach(layer -> counts.merge(stacks(layer), layer.count(), Integer::sum));
    List<Pool> all = new ArrayList<>();
    counts.forEach((stacks, count) -> all.add(new Pool(stacks, count, count)));
    long bytes = all.stream().mapToLong(Pool::bytes).sum();
    long least = leastBytes(weights, used);
    if (memory instanceof ExpertMemory.Bytes(long given) && given < least) {
      throw new InputException(
          "expert memory: at least %d bytes needed for the %d experts of a token, %d given"
              .formatted(least, used, given));
    }
    List<Pool> pools =
        all.stream()
            .map(pool -> sized(pool, memory, used, (double) pool.bytes() / bytes, least))
            .toList();
    List<List<Stack>> keys = List.copyOf(counts.keySet());
    return new ExpertPlan(
        layers, layers.stream().map(layer -> keys.indexOf(stacks(layer))).toList(), pools);
  }

  /** Bytes of a plan in which every pool has the slots of one token. */
  static long leastBytes(WeightPlan weights, int used) {
    return weights.experts().stream()
        .map(ExpertPlan::stacks)
        .distinct()
        .mapToLong(stacks -> new Pool(stacks, used, used).bytes())
        .sum();
  }

  /**
   * @param share of the bytes of all experts
   * @param least bytes of the fewest slots of all pools
   */
  private static Pool sized(Pool pool, ExpertMemory memory, int used, double share, long least) {
    int fewest = Math.min(used, pool.experts());
    int slots =
        switch (memory) {
          case ExpertMemory.Share(double percent) ->
              (int) Math.floor(pool.experts() * (percent / 100));
          case ExpertMemory.Bytes(long given) ->
              fitting(pool, pool.bytes(fewest) + (long) ((given - least) * share));
          case ExpertMemory.All _, ExpertMemory.Auto _ -> throw new AssertionError(memory);
        };
    return new Pool(pool.stacks(), pool.experts(), Math.max(slots, fewest));
  }

  private static int fitting(Pool pool, long bytes) {
    int slots = pool.experts();
    if (pool.bytes() > bytes) {
      slots = (int) ((double) bytes / pool.bytes() * pool.experts());
      while (slots < pool.experts() && pool.bytes(slots + 1) <= bytes) {
        slots++;
      }
      while (pool.bytes(slots) > bytes) {
        slots--;
      }
    }
    return slots;
  }

  Pool pool(int layer) {
    return pools.get(poolOf.get(layer));
  }

  int slots() {
    return pools.stream().mapToInt(Pool::slots).sum();
  }

  int experts() {
    return pools.stream().mapToInt(Pool::experts).sum();
  }

  long bytes() {
    return pools.stream().mapToLong(Pool::bytes).sum();
  }

  /** Most bytes of one expert as the file has them, each part at a multiple of 256. */
  long stagingBytes() {
    return layers.stream()
        .mapToLong(
            layer ->
                parts(layer).stream().mapToLong(part -> PlaneLayout.aligned(part.bytes())).sum())
        .max()
        .orElseThrow();
  }

  /** One line: what fits, and where the rest waits. */
  String words() {
    return "%d of %d experts on the device (%d bytes), the others in pinned host memory"
        .formatted(slots(), experts(), bytes());
  }
}
