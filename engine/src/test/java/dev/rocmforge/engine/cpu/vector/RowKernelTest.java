package dev.rocmforge.engine.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every format's kernel against the readable decode and a product in double. */
class RowKernelTest {
  private static final int COLS = 1024 + 256;
  private static final int ROWS = 6;

  @ParameterizedTest
  @EnumSource
  void decodesAsTheFormatSays(QuantType type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = randomRows(type, arena);
      for (int row = 0; row < ROWS; row++) {
        long at = type.bytes(COLS) * row;
        float[] expected = new float[COLS];
        type.format().decode(data, at, expected, 0, COLS);
        float[] found = new float[COLS + 3];
        RowKernel.of(type).decode(data, at, COLS, found, 3, scratch());
        for (int i = 0; i < COLS; i++) {
          // One rounding more or less where an offset is multiplied out.
          float bound = 3e-7f * largest(expected, i / 32 * 32);
          assertEquals(expected[i], found[i + 3], bound, type + " row " + row + " weight " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void multipliesAsTheFormatSays(QuantType type) {
    Random random = new Random(7);
    float[] x = new float[COLS];
    float[] sums = new float[COLS / RowKernel.GROUP];
    for (int i = 0; i < COLS; i++) {
      x[i] = (float) random.nextGaussian();
      sums[i / RowKernel.GROUP] += x[i];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = randomRows(type, arena);
      for (int row = 0; row < ROWS; row++) {
        long at = type.bytes(COLS) * row;
        float[] weights = new float[COLS];
        type.format().decode(data, at, weights, 0, COLS);
        double expected = 0;
        double size = 0;
        for (int i = 0; i < COLS; i++) {
          expected += (double) weights[i] * x[i];
          size += Math.abs((double) weights[i] * x[i]);
        }
        float found = RowKernel.of(type).dot(data, at, COLS, x, sums, scratch());
        double error = Math.abs(found - expected) / size;
        assertTrue(error <= 1e-6, type + " row " + row + ": error " + error + " of the sizes");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsTogetherHaveTheBitsOfEach(QuantType type) {
    Random random = new Random(8);
    int groups = COLS / RowKernel.GROUP;
    float[] x = new float[MatrixMultiply.FEW * COLS];
    float[] sums = new float[MatrixMultiply.FEW * groups];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      sums[i / RowKernel.GROUP] += x[i];
    }
    RowKernel kernel = RowKernel.of(type);
    float[] dots = new float[MatrixMultiply.FEW];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = randomRows(type, arena);
      for (int row = 0; row < ROWS; row++) {
        long at = type.bytes(COLS) * row;
        for (int count = 1; count <= MatrixMultiply.FEW; count++) {
          kernel.dots(data, at, COLS, x, count, sums, dots, scratch());
          for (int i = 0; i < count; i++) {
            float[] one = Arrays.copyOfRange(x, i * COLS, (i + 1) * COLS);
            float[] own = Arrays.copyOfRange(sums, i * groups, (i + 1) * groups);
            int single = Float.floatToRawIntBits(kernel.dot(data, at, COLS, one, own, scratch()));
            String what = type + " row " + row + ", " + i + " of " + count;
            assertEquals(single, Float.floatToRawIntBits(dots[i]), what);
          }
        }
      }
    }
  }

  /** A matrix of random blocks, as {@link #randomBlocks} makes them. */
  static Tensor randomMatrix(QuantType type, int rows, int cols, Arena arena) {
    MemorySegment data = randomBlocks(type, (long) rows * cols / type.blockSize(), arena);
    return new Tensor("random", type, rows, cols, data);
  }

  private static MemorySegment randomRows(QuantType type, Arena arena) {
    return randomBlocks(type, (long) ROWS * COLS / type.blockSize(), arena);
  }

  /** Blocks of random bytes, drawn again until every weight is a number of ordinary size. */
  private static MemorySegment randomBlocks(QuantType type, long blocks, Arena arena) {
    Random random = new Random(type.ggmlType());
    // One byte in front leaves no offset aligned.
    MemorySegment data = arena.allocate(1 + blocks * type.blockBytes()).asSlice(1);
    byte[] bytes = new byte[type.blockBytes()];
    float[] weights = new float[type.blockSize()];
    for (long block = 0; block < blocks; block++) {
      do {
        random.nextBytes(bytes);
        MemorySegment.copy(
            MemorySegment.ofArray(bytes), 0, data, block * bytes.length, bytes.length);
        type.format().decode(data, block * bytes.length, weights, 0, weights.length);
      } while (!(largest(weights, 0) < 100));
    }
    return data;
  }

  private static float largest(float[] values, int from) {
    float largest = 0;
    for (int i = from; i < Math.min(from + 256, values.length); i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static WorkerScratch scratch() {
    return new WorkerScratch(HalfRows.STRETCH, COLS, COLS, 0, 0, 0);
  }
}
