package dev.rocmforge.engine.model.mixture;

import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.ModelSource;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerFamily;
import java.util.Optional;

/** A transformer family whose feed-forward part is a mixture of experts. */
abstract class MixtureFamily extends TransformerFamily {
  private final boolean renormalise;
  private final boolean shared;

  /**
   * @param renormalise whether the chosen probabilities are divided by their sum when the file does
   *     not say
   * @param shared whether an expert always runs beside the chosen ones
   */
  MixtureFamily(Presence attentionBias, boolean queryKeyNorm, boolean renormalise, boolean shared) {
    super(Rope.Pairing.HALVES, attentionBias, queryKeyNorm);
    this.renormalise = renormalise;
    this.shared = shared;
  }

  @Override
  protected FeedForward feedForward(ModelSource source) {
    String prefix = source.architecture() + ".";
    int count = source.count("expert_count");
    int used = source.count("expert_used_count");
    if (used > count) {
      throw source.refused(prefix + "expert_used_count", "at most expert_count " + count, used);
    }
    return new FeedForward.Experts(
        count,
        used,
        source.count("expert_feed_forward_length"),
        shared ? source.count("expert_shared_feed_forward_length") : 0,
        source.flag("expert_weights_norm", renormalise),
        (float) source.number("expert_weights_scale", 1));
  }

  @Override
  protected FeedForwardWeights feedForward(
      ModelSource source, FeedForward kind, int embedding, int layer) {
    var experts = (FeedForward.Experts) kind;
    String prefix = "blk." + layer + ".ffn_";
    int count = experts.count();
    int length = experts.length();
    Tensor router = source.matrix(prefix + "gate_inp.weight", count, embedding);
    return new FeedForwardWeights.Experts(
        router,
        source.products(prefix + "gate_exps.weight", count, length, embedding),
        source.products(prefix + "up_exps.weight", count, length, embedding),
        source.products(prefix + "down_exps.weight", count, embedding, length),
        shared
            ? Optional.of(
                new FeedForwardWeights.Shared(
                    source.vector(prefix + "gate_inp_shexp.weight", embedding),
                    dense(source, embedding, experts.sharedLength(), layer, "_shexp")))
            : Optional.empty());
  }
}
