package dev.rocmforge.engine.gpu;

/** The feed-forward half of a block, its norm in front and the residual added. */
interface FeedForwardPrograms {
  /** Appends it for one token. */
  void single(Program program, Slice norm);

  /** Appends it for a batch. */
  void batch(Program program, Slice norm, int layer);
}
