package dev.rocmforge.engine.model;

/**
 * Attention with grouped queries followed by a feed-forward part, both with a norm in front and a
 * residual around.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param keyLength width of one query or key head
 * @param valueLength width of one value head
 * @param rope rotary position embedding of queries and keys
 * @param queryKeyNorm whether each query and key head passes an RMS norm before the rotation
 * @param feedForward dense or mixture of experts
 */
public record TransformerBlocks(
    int heads,
    int kvHeads,
    int keyLength,
    int valueLength,
    Rope rope,
    boolean queryKeyNorm,
    FeedForward feedForward)
    implements Blocks {

  /** Query heads that share one key and value head. */
  public int headsPerKv() {
    return heads / kvHeads;
  }

  /** Width of all query heads together. */
  public int queryWidth() {
    return heads * keyLength;
  }

  /** Width of all key heads together. */
  public int keyWidth() {
    return kvHeads * keyLength;
  }

  /** Width of all value heads together. */
  public int valueWidth() {
    return kvHeads * valueLength;
  }

  /** Width of the attention's result before the output projection. */
  public int attentionWidth() {
    return heads * valueLength;
  }
}
