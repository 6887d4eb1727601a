package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.session.RopeAngles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Cosines and sines of every position, {@code [positions][pairs][2]} f32, made in double. */
final class RopeTable {
  /** Positions computed and uploaded at once. */
  private static final int ROWS = 1024;

  private RopeTable() {}

  /**
   * @param factors divisors of the frequencies, one a pair, or empty
   */
  static void upload(DeviceBuffer target, Rope rope, float[] factors, int positions) {
    int rows = Math.min(ROWS, positions);
    var angles = new RopeAngles(rope, factors, rows);
    int pairs = angles.pairs();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(ValueLayout.JAVA_FLOAT, 2L * rows * pairs);
      for (int position = 0; position < positions; position += rows) {
        int count = Math.min(rows, positions - position);
        angles.fill(position, count);
        for (int i = 0; i < count * pairs; i++) {
          table.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * i, angles.cosines()[i]);
          table.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * i + 1, angles.sines()[i]);
        }
        target.upload(8L * position * pairs, table.asSlice(0, 8L * count * pairs));
      }
    }
  }
}
