package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.session.HeadRotation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The random rotation of cached heads: signs, then the Hartley matrix, f32 as turbo.h says. */
final class RotationTable {
  private RotationTable() {}

  static long bytes(int headSize) {
    long odd = headSize / Integer.lowestOneBit(headSize);
    return 4 * (headSize + odd * odd);
  }

  static void upload(DeviceBuffer target, HeadRotation rotation) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(target.bytes(), Float.BYTES);
      float[] signs = rotation.signs();
      float[] hartley = rotation.hartley();
      MemorySegment.copy(signs, 0, table, ValueLayout.JAVA_FLOAT, 0, signs.length);
      MemorySegment.copy(
          hartley, 0, table, ValueLayout.JAVA_FLOAT, 4L * signs.length, hartley.length);
      target.upload(0, table);
    }
  }
}
