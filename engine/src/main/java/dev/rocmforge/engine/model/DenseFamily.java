package dev.rocmforge.engine.model;

/** A transformer family whose feed-forward part is one gated pair of matrices. */
public abstract class DenseFamily extends TransformerFamily {
  /** As {@link TransformerFamily#TransformerFamily}. */
  protected DenseFamily(Rope.Pairing pairing, Presence attentionBias, boolean queryKeyNorm) {
    super(pairing, attentionBias, queryKeyNorm);
  }

  @Override
  protected FeedForward feedForward(ModelSource source) {
    return new FeedForward.Dense(source.count("feed_forward_length"));
  }

  @Override
  protected FeedForwardWeights feedForward(
      ModelSource source, FeedForward kind, int embedding, int layer) {
    return dense(source, embedding, ((FeedForward.Dense) kind).length(), layer, "");
  }
}
