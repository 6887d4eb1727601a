package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.TransformerBlocks;

/**
 * What every attention launch of a session has in common.
 *
 * @param rotary leading values of a head that turn
 * @param pairing 0: value i and i + rotary / 2; 1: neighbours
 * @param table cosines and sines by position
 * @param rotation of turned heads; none where none is turned
 * @param state position and length
 */
record AttentionShape(
    int heads,
    int kvHeads,
    int headSize,
    int rotary,
    int pairing,
    KvStorage kv,
    Slice table,
    Slice rotation,
    Slice state) {
  /** Of {@code ops/attention_decode}, whose waves hold a position's head in registers. */
  private static final int MOST_HEAD_SIZE = 256;

  /**
   * @throws InputException if the kernels cannot run such heads
   */
  static AttentionShape of(
      TransformerBlocks blocks, KvStorage kv, Slice table, Slice rotation, Slice state) {
    if (blocks.keyLength() != blocks.valueLength()) {
      throw new InputException(
          "attention: key and value heads of one width needed on the GPU, %d and %d found"
              .formatted(blocks.keyLength(), blocks.valueLength()));
    }
    if (blocks.keyLength() > MOST_HEAD_SIZE) {
      throw new InputException(
          "attention: heads of %d values; the GPU kernels take at most %d"
              .formatted(blocks.keyLength(), MOST_HEAD_SIZE));
    }
    if (kv.correction() || kv.full() > 0) {
      throw new InputException(
          "KV cache %s: +qjl and +full run on the CPU alone; --backend vector has them"
              .formatted(kv.word()));
    }
    return new AttentionShape(
        blocks.heads(),
        blocks.kvHeads(),
        blocks.keyLength(),
        blocks.rope().dimensions(),
        blocks.rope().pairing() == Rope.Pairing.ADJACENT ? 1 : 0,
        kv,
        table,
        rotation,
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

  /** Whether keys and values are floats of one type, which the fused launches write. */
  boolean plain() {
    return kv.keys() == kv.values() && !kv.keys().coded();
  }

  /** The kernel for this cache type. */
  KernelId cached(KernelId id) {
    if (plain()) {
      return kv.keys() == KvType.F16 ? id.with("RF_KV_F16", 1) : id;
    }
    return id.with("RF_KEYS", number(kv.keys())).with("RF_VALUES", number(kv.values()));
  }

  /** As {@code kv.h} counts types. */
  private static int number(KvType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case TURBO2, TURBO3, TURBO4, Q8_0 -> type.bits();
    };
  }

  /** The attention kernel for this cache type and head size. */
  KernelId attending(KernelId id) {
    return cached(id.with("RF_HEAD_SIZE", headSize));
  }
}
