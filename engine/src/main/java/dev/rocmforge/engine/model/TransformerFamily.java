package dev.rocmforge.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the transformer families share: names of keys and tensors, and the checks between values. A
 * family states its traits and whether its feed-forward part is a mixture.
 */
public abstract class TransformerFamily implements Family {
  /** What may be said of a bias or norm. */
  public enum Presence {
    /** Every layer has it. */
    REQUIRED,
    /** A layer that has it uses it. */
    OPTIONAL
  }

  private final Rope.Pairing pairing;
  private final Presence attentionBias;
  private final boolean queryKeyNorm;

  /**
   * @param pairing how the file's query and key rows are paired for the rotation
   * @param attentionBias whether query, key and value must have a bias
   * @param queryKeyNorm whether each query and key head passes a norm
   */
  protected TransformerFamily(Rope.Pairing pairing, Presence attentionBias, boolean queryKeyNorm) {
    this.pairing = pairing;
    this.attentionBias = attentionBias;
    this.queryKeyNorm = queryKeyNorm;
  }

  /** The feed-forward part as the metadata describes it. */
  protected abstract FeedForward feedForward(ModelSource source);

  /** The feed-forward weights of layer {@code layer}. */
  protected abstract FeedForwardWeights feedForward(
      ModelSource source, FeedForward kind, int embedding, int layer);

  @Override
  public ModelConfig config(ModelSource source) {
    String prefix = source.architecture() + ".";
    int embedding = source.count("embedding_length");
    int heads = source.count("attention.head_count");
    int kvHeads = source.count("attention.head_count_kv", heads);
    if (kvHeads == 0 || heads % kvHeads != 0) {
      throw source.refused(
          prefix + "attention.head_count_kv", "a divisor of the " + heads + " heads", kvHeads);
    }
    int keyLength = source.count("attention.key_length", 0);
    if (keyLength == 0) {
      if (embedding % heads != 0) {
        throw source.refused(
            prefix + "attention.head_count", "a divisor of embedding_length " + embedding, heads);
      }
      keyLength = embedding / heads;
    }
    int valueLength = source.count("attention.value_length", keyLength);
    if (valueLength == 0) {
      throw source.refused(prefix + "attention.value_length", "at least 1", 0);
    }
    long widest = (long) heads * Math.max(keyLength, valueLength);
    if (widest > Integer.MAX_VALUE - 8) {
      throw source.refused(
          prefix + "attention.head_count times head length",
          "at most " + (Integer.MAX_VALUE - 8),
          widest);
    }
    var blocks =
        new TransformerBlocks(
            heads,
            kvHeads,
            keyLength,
            valueLength,
            rope(source, keyLength),
            queryKeyNorm,
            feedForward(source));
    return new ModelConfig(
        source.architecture(),
        source.name(),
        source.rows("token_embd.weight", embedding),
        source.count("context_length"),
        embedding,
        source.count("block_count"),
        (float) source.number("attention.layer_norm_rms_epsilon"),
        blocks);
  }

  private Rope rope(ModelSource source, int keyLength) {
    String prefix = source.architecture() + ".";
    int dimensions = source.count("rope.dimension_count", keyLength);
    if (dimensions == 0 || dimensions > keyLength || dimensions % 2 != 0) {
      throw source.refused(
          prefix + "rope.dimension_count", "an even number up to " + keyLength, dimensions);
    }
    String scaling = source.text("rope.scaling.type").orElse("none");
    double positionScale =
        switch (scaling) {
          case "none" -> 1;
          case "linear" -> 1 / source.number("rope.scaling.factor");
          default -> throw source.refused(prefix + "rope.scaling.type", "none or linear", scaling);
        };
    return new Rope(pairing, dimensions, source.number("rope.freq_base", 10000), positionScale);
  }

  @Override
  public Weights weights(ModelSource source, ModelConfig config) {
    var blocks = (TransformerBlocks) config.blocks();
    int embedding = config.embeddingLength();
    Tensor embeddings = source.matrix("token_embd.weight", config.vocabularySize(), embedding);
    Tensor output =
        source.has("output.weight")
            ? source.matrix("output.weight", config.vocabularySize(), embedding)
            : embeddings;
    List<LayerWeights> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layerCount(); layer++) {
      layers.add(
          new LayerWeights.Transformer(
              attention(source, blocks, embedding, layer),
              source.vector("blk." + layer + ".ffn_norm.weight", embedding),
              feedForward(source, blocks.feedForward(), embedding, layer)));
    }
    return new Weights(
        embeddings,
        source.vector("output_norm.weight", embedding),
        output,
        source.optionalVector("rope_freqs.weight", blocks.rope().pairs()),
        layers);
  }

  private LayerWeights.Attention attention(
      ModelSource source, TransformerBlocks blocks, int embedding, int layer) {
    String prefix = "blk." + layer + ".attn_";
    return new LayerWeights.Attention(
        source.vector(prefix + "norm.weight", embedding),
        biased(source, prefix + "q", blocks.queryWidth(), embedding, attentionBias),
        biased(source, prefix + "k", blocks.keyWidth(), embedding, attentionBias),
        biased(source, prefix + "v", blocks.valueWidth(), embedding, attentionBias),
        biased(source, prefix + "output", embedding, blocks.attentionWidth(), Presence.OPTIONAL),
        queryKeyNorm
            ? Optional.of(source.vector(prefix + "q_norm.weight", blocks.keyLength()))
            : Optional.empty(),
        queryKeyNorm
            ? Optional.of(source.vector(prefix + "k_norm.weight", blocks.keyLength()))
            : Optional.empty());
  }

  private static Linear biased(
      ModelSource source, String name, int outputs, int inputs, Presence bias) {
    return new Linear(
        source.product(name + ".weight", outputs, inputs),
        bias == Presence.REQUIRED
            ? Optional.of(source.vector(name + ".bias", outputs))
            : source.optionalVector(name + ".bias", outputs));
  }

  /** Gate, up and down matrices named {@code blk.N.ffn_*SUFFIX.weight}. */
  protected static FeedForwardWeights.Dense dense(
      ModelSource source, int embedding, int length, int layer, String suffix) {
    String prefix = "blk." + layer + ".ffn_";
    String end = suffix + ".weight";
    return new FeedForwardWeights.Dense(
        Linear.of(source.product(prefix + "gate" + end, length, embedding)),
        Linear.of(source.product(prefix + "up" + end, length, embedding)),
        Linear.of(source.product(prefix + "down" + end, embedding, length)));
  }
}
