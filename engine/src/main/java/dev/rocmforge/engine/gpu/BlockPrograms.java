package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Stream;

/** The blocks of one kind of architecture as programs, and their state on the device. */
interface BlockPrograms {
  /** Appends all blocks for one token, fused where that pays. */
  void single(Program program);

  /** Appends all blocks for a batch, one operation a launch. */
  void batch(Program program);

  /** Whether the state can be cut at {@code position}, which is below the current one. */
  boolean canRewind(int position);

  /** Drops everything from {@code position} on. */
  void rewind(int position, Stream stream);
}
