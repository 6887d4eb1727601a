package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** F32: multiplied where it lies. */
final class FloatRows implements RowKernel {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int i = 0;
    for (; i <= cols - Lanes.COUNT; i += Lanes.COUNT) {
      sum =
          FloatVector.fromMemorySegment(Lanes.FLOATS, weights, at + 4L * i, ByteOrder.LITTLE_ENDIAN)
              .fma(Lanes.load(x, i), sum);
    }
    float total = sum.reduceLanes(VectorOperators.ADD);
    for (; i < cols; i++) {
      total += weights.get(FLOAT, at + 4L * i) * x[i];
    }
    return total;
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    MemorySegment.copy(weights, FLOAT, at, target, offset, cols);
  }
}
