package dev.rocmforge.engine;

import java.util.Locale;

/** The points of a forward pass at which a {@link Probe} looks, in the order of a block. */
public enum Stage {
  EMBEDDING,
  ATTENTION_NORM,
  QUERY,
  KEY,
  VALUE,
  /** Queries after the norm of each head, where a model has one. */
  QUERY_NORM,
  /** Keys after the norm of each head, where a model has one. */
  KEY_NORM,
  /** Queries after head norm and rotation. */
  ROTATED_QUERY,
  /** Keys after head norm and rotation, as they go into the cache. */
  ROTATED_KEY,
  ATTENTION,
  ATTENTION_OUTPUT,
  /** The residual stream after the attention half. */
  ATTENTION_RESIDUAL,
  FEED_FORWARD_NORM,
  /** Router logits of a mixture. */
  ROUTER,
  GATE,
  UP,
  /** {@code silu(gate) * up}. */
  ACTIVATION,
  /** Results of the chosen experts, before they are weighed and added. */
  EXPERT_OUTPUT,
  /** Logit of a mixture's expert that always runs. */
  SHARED_ROUTER,
  FEED_FORWARD_OUTPUT,
  /** Convolution input and gate of a Mamba block. */
  SSM_INPUT,
  /** After convolution and SiLU. */
  SSM_CONVOLUTION,
  /** Low-rank time step, B and C. */
  SSM_SELECTION,
  /** Time step of each channel before softplus. */
  SSM_TIME_STEP,
  /** Result of the scan, gated. */
  SSM_SCAN,
  SSM_OUTPUT,
  /** The residual stream after the block. */
  BLOCK_OUTPUT,
  OUTPUT_NORM,
  LOGITS;

  /** The word used in messages and records. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
