package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.model.TransformerBlocks;

/**
 * Into how many blocks the positions of a decode attention are split.
 *
 * @param most as many as find a place on the device at once
 */
record AttentionSplits(int most) {
  /** Positions that a split should have: fewer take no less time. */
  private static final int POSITIONS = 128;

  /** Blocks of a multiprocessor: as many as the kernel's registers allow on sm_90. */
  private static final int BLOCKS = 3;

  /** Where there is no attention. */
  static final AttentionSplits NONE = new AttentionSplits(1);

  static AttentionSplits of(
      TransformerBlocks blocks, LaunchShape shape, int wave, int multiprocessors) {
    int each = AttentionLaunches.decodeBlocks(blocks.heads(), blocks.kvHeads(), shape, wave);
    int places = BLOCKS * multiprocessors / each;
    return new AttentionSplits(Math.max(1, Math.min(places, GpuMemoryPlan.SPLITS)));
  }

  /** For a context of {@code length}; four bits long, so that a graph lasts for a while. */
  int of(int length) {
    int wanted = (length + POSITIONS - 1) / POSITIONS;
    int step = Math.max(1, Integer.highestOneBit(wanted) / 8);
    return Math.min((wanted + step - 1) / step * step, most);
  }
}
