package dev.rocmforge.bench.sweep;

import dev.rocmforge.engine.KvStorage;
import java.util.ArrayList;
import java.util.List;

/**
 * The axes of a sweep and how each cell is measured.
 *
 * @param prompt tokens of the timed prefill
 * @param generated steps of the timed decode
 * @param repetitions counted, each beside one of the baseline
 */
public record SweepPlan(
    List<KernelChoice> kernels,
    List<Boolean> graphs,
    List<Boolean> q8,
    List<KvStorage> kvTypes,
    List<Integer> depths,
    int prompt,
    int generated,
    int repetitions) {
  /** Prompt tokens whose logits are checked. */
  static final int CHECKED_TOKENS = 8;

  /** Steps after them. */
  static final int CHECKED_STEPS = 4;

  public SweepPlan {
    kernels = List.copyOf(kernels);
    graphs = List.copyOf(graphs);
    q8 = List.copyOf(q8);
    kvTypes = List.copyOf(kvTypes);
    depths = List.copyOf(depths);
  }

  /** The cross product for one model: cells of a depth together, the baseline first of all. */
  public List<SweepCell> cells(String model) {
    List<SweepCell> cells = new ArrayList<>();
    for (int depth : depths) {
      for (KernelChoice choice : kernels) {
        for (boolean bytes : q8) {
          for (boolean graph : graphs) {
            for (KvStorage kvType : kvTypes) {
              cells.add(new SweepCell(model, choice, graph, bytes, kvType, depth));
            }
          }
        }
      }
    }
    return cells;
  }

  /** Tokens that the longest session must hold. */
  public int longestContext() {
    return contextLength(depths.stream().mapToInt(Integer::intValue).max().orElse(0));
  }

  /** Tokens that a session must hold at a depth. */
  int contextLength(int depth) {
    return depth + Math.max(CHECKED_TOKENS + CHECKED_STEPS, Math.max(prompt, generated)) + 1;
  }
}
