package dev.rocmforge.engine.gpu;

import java.util.Locale;

/** The parts of a decode step that a profile tells apart, as far as launches are not fused. */
public enum DecodeStage {
  EMBED,
  ATTENTION_NORM,
  /** Products alone, or with norm, rotation and cache write in one launch. */
  QKV,
  QK_NORM,
  ROPE_KV_WRITE,
  ATTENTION,
  ATTENTION_OUTPUT,
  FEED_FORWARD_NORM,
  ROUTER,
  GATE_UP,
  DOWN,
  EXPERT_COMBINE,
  SSM_INPUT,
  SSM_CONVOLUTION,
  SSM_SELECTION,
  SSM_SCAN,
  SSM_OUTPUT,
  OUTPUT_NORM,
  LOGITS,
  ARGMAX;

  /** The word used in records. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
