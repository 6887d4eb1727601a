package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.quant.BlockFormat;
import java.lang.foreign.MemorySegment;

/** Any format: the readable decode into scratch, then a float product. */
record DecodedRows(BlockFormat format) implements HeldRows {
  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    format.decode(weights, at, scratch.tile, 0, cols);
    return Lanes.dot(scratch.tile, 0, x, 0, cols);
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    decode(weights, at, cols, scratch.tile, 0, scratch);
  }

  @Override
  public float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch) {
    return Lanes.dot(scratch.tile, 0, x, xo, cols);
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    format.decode(weights, at, target, offset, cols);
  }
}
