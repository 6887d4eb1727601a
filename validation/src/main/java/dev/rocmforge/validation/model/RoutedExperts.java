package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Which experts of each layer a prompt is routed to, from the router's logits. */
final class RoutedExperts implements Probe {
  private final int used;
  private final Map<Integer, BitSet> layers = new HashMap<>();
  private final Map<Integer, BitSet> lastTokens = new HashMap<>();

  /**
   * @param used experts of a token
   */
  RoutedExperts(int used) {
    this.used = used;
  }

  @Override
  public void observe(
      Stage stage, int layer, float[] values, int rows, int cols, int firstPosition) {
    if (stage != Stage.ROUTER) {
      return;
    }
    BitSet chosen = layers.computeIfAbsent(layer, _ -> new BitSet());
    for (int row = 0; row < rows; row++) {
      int from = row * cols;
      BitSet mine = new BitSet();
      IntStream.range(0, cols)
          .boxed()
          .sorted((a, b) -> Float.compare(values[from + b], values[from + a]))
          .limit(used)
          .forEach(mine::set);
      chosen.or(mine);
      lastTokens.put(layer, mine);
    }
  }

  boolean uses(int layer, int expert) {
    return layers.containsKey(layer) && layers.get(layer).get(expert);
  }

  /** Whether the last token seen is routed to it: in the last layer nothing else gets further. */
  boolean lastTokenUses(int layer, int expert) {
    return lastTokens.containsKey(layer) && lastTokens.get(layer).get(expert);
  }
}
