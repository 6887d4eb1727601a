package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.TransformerBlocks;

/**
 * What every attention launch of a session has in common.
 *
 * @param rotary leading values of a head that turn
 * @param pairing 0: value i and i + rotary / 2; 1: neighbours
 * @param table cosines and sines by position
 * @param state position and length
 */
record AttentionShape(
    int heads,
    int kvHeads,
    int headSize,
    int rotary,
    int pairing,
    KvType kvType,
    Slice table,
    Slice state) {
  /**
   * @throws InputException if the kernels cannot run such heads
   */
  static AttentionShape of(TransformerBlocks blocks, KvType kvType, Slice table, Slice state) {
    if (blocks.keyLength() != blocks.valueLength()) {
      throw new InputException(
          "attention: key and value heads of one width needed on the GPU, %d and %d found"
              .formatted(blocks.keyLength(), blocks.valueLength()));
    }
    return new AttentionShape(
        blocks.heads(),
        blocks.kvHeads(),
        blocks.keyLength(),
        blocks.rope().dimensions(),
        blocks.rope().pairing() == Rope.Pairing.ADJACENT ? 1 : 0,
        kvType,
        table,
        state);
  }

  int queryWidth() {
    return heads * headSize;
  }

  /** Width of all key heads, and of all value heads. */
  int kvWidth() {
    return kvHeads * headSize;
  }

  /** Floats of a token's joined queries, keys and values. */
  int projectedWidth() {
    return queryWidth() + 2 * kvWidth();
  }

  float scale() {
    return (float) (1 / Math.sqrt(headSize));
  }

  /** The kernel for this cache type. */
  KernelId cached(KernelId id) {
    return kvType == KvType.F16 ? id.with("RF_KV_F16", 1) : id;
  }

  /** The attention kernel for this cache type and head size. */
  KernelId attending(KernelId id) {
    return cached(id.with("RF_HEAD_SIZE", headSize));
  }
}
