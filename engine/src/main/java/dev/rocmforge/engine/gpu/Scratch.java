package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.Locale;

/** Intermediate values of a pass, each a buffer of its own, and how large they are. */
enum Scratch {
  /** The residual stream, {@code [batch][width]}. */
  RESIDUAL,
  /** After a norm, {@code [batch][width]}. */
  NORMED,
  /** Joined queries, keys and values, {@code [batch][all heads]}; input and gate of Mamba. */
  PROJECTED,
  /** Result of attention, convolution and scan, {@code [batch][...]}. */
  MIXED,
  /** Time step, B and C of Mamba. */
  SELECTED,
  /** Time step of each Mamba channel. */
  TIME_STEP,
  /** Gate and up side by side, {@code [batch or items][2 * length]}. */
  GATE_UP,
  /** Router logits, with the shared expert's behind them: {@code [batch][count + 1, rounded]}. */
  ROUTER,
  /** Chosen experts, {@code [layers][batch][used]} int: what was chosen can be read afterwards. */
  EXPERT_IDS,
  /** Their weights, {@code [batch][used]}. */
  EXPERT_WEIGHTS,
  /** Results of experts, {@code [items][width]}. */
  EXPERT_OUT,
  /** Values of a few tokens as signed bytes, input of a product. */
  Q8_BYTES,
  Q8_SCALES,
  /** The same for the values inside the feed-forward part. */
  Q8_INNER_BYTES,
  Q8_INNER_SCALES;

  /** Name in the memory plan. */
  String word() {
    return "scratch: " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Bytes for a batch; 0 if the model has no use for it. */
  long bytes(ModelConfig config, int batch) {
    long width = config.embeddingLength();
    return switch (this) {
      case RESIDUAL, NORMED -> 4L * batch * width;
      case EXPERT_IDS -> config.layerCount() * ofBlock(config, width, batch);
      default -> ofBlock(config, width, batch);
    };
  }

  private long ofBlock(ModelConfig config, long width, long batch) {
    return switch (config.blocks()) {
      case TransformerBlocks blocks ->
          transformer(blocks, width, batch, GpuMemoryPlan.few((int) batch));
      case MambaBlocks blocks -> mamba(blocks, width, batch);
    };
  }

  private long transformer(TransformerBlocks blocks, long width, long batch, long few) {
    long projected = (long) blocks.queryWidth() + blocks.keyWidth() + blocks.valueWidth();
    return switch (this) {
      case PROJECTED -> 4 * batch * projected;
      case MIXED -> 4 * batch * blocks.attentionWidth();
      case Q8_BYTES -> few * Math.max(width, blocks.attentionWidth());
      case Q8_SCALES -> few * scales(Math.max(width, blocks.attentionWidth()));
      default ->
          switch (blocks.feedForward()) {
            case FeedForward.Dense dense -> dense(dense, batch, few);
            case FeedForward.Experts experts -> experts(experts, width, batch, few);
          };
    };
  }

  private long dense(FeedForward.Dense dense, long batch, long few) {
    return switch (this) {
      case GATE_UP -> 4 * batch * 2 * dense.length();
      case Q8_INNER_BYTES -> few * dense.length();
      case Q8_INNER_SCALES -> few * scales(dense.length());
      default -> 0;
    };
  }

  private long experts(FeedForward.Experts experts, long width, long batch, long few) {
    long inner = Math.max((long) experts.used() * experts.length(), experts.sharedLength());
    return switch (this) {
      case GATE_UP -> 4 * batch * 2 * inner;
      case ROUTER -> 4 * batch * routerStride(experts);
      case EXPERT_IDS, EXPERT_WEIGHTS -> 4 * batch * experts.used();
      case EXPERT_OUT -> 4 * batch * experts.used() * width;
      case Q8_INNER_BYTES -> few * inner;
      case Q8_INNER_SCALES -> few * scales(inner);
      default -> 0;
    };
  }

  /** Floats from one token's router logits to the next; the shared expert's is at the end. */
  static int routerStride(FeedForward.Experts experts) {
    return (experts.count() + 4) / 4 * 4;
  }

  private long mamba(MambaBlocks blocks, long width, long batch) {
    return switch (this) {
      case PROJECTED -> 4 * batch * 2 * blocks.innerSize();
      case MIXED, TIME_STEP -> 4 * batch * blocks.innerSize();
      case SELECTED -> 4 * batch * selectedStride(blocks);
      case Q8_BYTES -> Math.max(width, blocks.innerSize());
      case Q8_SCALES -> scales(Math.max(width, blocks.innerSize()));
      default -> 0;
    };
  }

  /** Floats from one token's time step, B and C to the next, rounded for 16-byte loads. */
  static int selectedStride(MambaBlocks blocks) {
    return (blocks.timeStepRank() + 2 * blocks.stateSize() + 3) / 4 * 4;
  }

  /** Two f32 a unit of 32 values. */
  private static long scales(long columns) {
    return (columns + 31) / 32 * 8;
  }
}
