package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** The experts that each token of a run went to in each layer, in whatever order. */
final class ExpertChoices {
  private final int used;
  private final BitSet[][] chosen;

  ExpertChoices(ModelConfig config, int capacity) {
    Optional<FeedForward.Experts> mixture = mixture(config);
    used = mixture.map(FeedForward.Experts::used).orElse(0);
    chosen = new BitSet[mixture.isPresent() ? config.layerCount() : 0][capacity];
  }

  static Optional<FeedForward.Experts> mixture(ModelConfig config) {
    return config.blocks() instanceof TransformerBlocks blocks
            && blocks.feedForward() instanceof FeedForward.Experts mixture
        ? Optional.of(mixture)
        : Optional.empty();
  }

  /** Takes what the last pass of the session chose, the pass of {@code rows} tokens. */
  void take(GpuSession session, int rows) {
    int[][] ids = session.chosenExperts(rows);
    for (int layer = 0; layer < ids.length; layer++) {
      for (int row = 0; row < rows; row++) {
        var set = new BitSet();
        Arrays.stream(ids[layer], row * used, (row + 1) * used).forEach(set::set);
        if (set.cardinality() != used) {
          throw new AssertionError("layer %d: %s, %d experts needed".formatted(layer, set, used));
        }
        set(layer, session.position() - rows + row, set);
      }
    }
  }

  void set(int layer, int position, BitSet experts) {
    chosen[layer][position] = experts;
  }

  BitSet at(int layer, int position) {
    return chosen[layer][position];
  }

  /** Whether both chose the same for the first tokens. */
  boolean same(ExpertChoices other, int tokens) {
    for (int layer = 0; layer < chosen.length; layer++) {
      if (!Arrays.equals(chosen[layer], 0, tokens, other.chosen[layer], 0, tokens)) {
        return false;
      }
    }
    return true;
  }

  /** The largest logits of a row; of equal ones the first. */
  BitSet best(float[] values, int from, int experts) {
    var best = new BitSet();
    while (best.cardinality() < used) {
      int next = best.nextClearBit(0);
      for (int e = next + 1; e < experts; e++) {
        if (!best.get(e) && values[from + e] > values[from + next]) {
          next = e;
        }
      }
      best.set(next);
    }
    return best;
  }
}
