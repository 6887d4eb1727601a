package dev.rocmforge.engine.synthetic;

import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A matrix of seeded random weights in memory, for measurements of single operations. */
public final class SyntheticMatrix {
  private static final int PIECE_BLOCKS = 8192;

  private SyntheticMatrix() {}

  /**
   * @param cols a whole number of blocks
   * @param arena owns the memory
   */
  public static Tensor of(QuantType type, int rows, int cols, long seed, Arena arena) {
    var random = new RandomBlocks(type, seed);
    long bytes = rows * type.bytes(cols);
    MemorySegment data = arena.allocate(bytes, 64);
    byte[] piece = new byte[PIECE_BLOCKS * type.blockBytes()];
    for (long at = 0; at < bytes; at += piece.length) {
      int count = Math.toIntExact(Math.min(piece.length, bytes - at));
      random.fill(piece, count);
      MemorySegment.copy(piece, 0, data, ValueLayout.JAVA_BYTE, at, count);
    }
    return new Tensor(type + " " + rows + " x " + cols, type, rows, cols, data);
  }
}
