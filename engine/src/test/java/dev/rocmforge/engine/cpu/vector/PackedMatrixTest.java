package dev.rocmforge.engine.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of matrices in panels against the readable decode and a product in double. */
class PackedMatrixTest {
  /** More than a chunk, and not a whole number of them. */
  private static final int COLS = PanelLayout.CHUNK_COLUMNS + 256;

  /** Two panels, the second with rows to spare. */
  private static final int ROWS = PanelWords.ROWS + 5;

  private static final int TOKENS = MatrixMultiply.FEW;

  /** What is said to find no room is what finds none. */
  @Test
  void whatIsBeyondTheLimitIsKnownBefore() {
    try (ModelFile file = ModelFile.open(Path.of("../datasets/models/lexicon-tiny-q4_0.gguf"))) {
      long all = PackedWeights.beyond(file, 0);
      long matrices =
          file.tensors().stream()
              .filter(tensor -> tensor.type() == QuantType.Q4_0)
              .mapToLong(tensor -> tensor.data().byteSize())
              .sum();
      assertTrue(all >= matrices && all < 1.5 * matrices, all + " for " + matrices);
      assertEquals(all - 1000, PackedWeights.beyond(file, 1000));
      assertEquals(0, PackedWeights.beyond(file, all));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"})
  void multipliesAsTheFormatSays(QuantType type) {
    try (Arena arena = Arena.ofConfined()) {
      Tensor weight = RowKernelTest.randomMatrix(type, ROWS, COLS, arena);
      float[] x = gaussian(COLS);
      float[] bias = gaussian(ROWS);
      Tensor biases = vector(bias, arena);
      float[] found = new float[ROWS];
      run(new Product(new Linear(weight, Optional.of(biases)), found), x, 1);
      float[] weights = weight.decode();
      for (int row = 0; row < ROWS; row++) {
        double expected = bias[row];
        double size = Math.abs(bias[row]);
        for (int i = 0; i < COLS; i++) {
          double term = (double) weights[row * COLS + i] * x[i];
          expected += term;
          size += Math.abs(term);
        }
        double error = Math.abs(found[row] - expected) / size;
        assertTrue(error <= 1e-6, type + " row " + row + ": error " + error + " of the sizes");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"})
  void rowsTogetherHaveTheBitsOfEach(QuantType type) {
    try (Arena arena = Arena.ofConfined()) {
      Tensor weight = RowKernelTest.randomMatrix(type, ROWS, COLS, arena);
      float[] x = gaussian(TOKENS * COLS);
      float[] single = new float[ROWS];
      float[] few = new float[TOKENS * ROWS];
      for (int count = 2; count <= TOKENS; count++) {
        run(new Product(Linear.of(weight), few), x, count);
        for (int token = 0; token < count; token++) {
          float[] own = Arrays.copyOfRange(x, token * COLS, (token + 1) * COLS);
          run(new Product(Linear.of(weight), single), own, 1);
          for (int row = 0; row < ROWS; row++) {
            assertEquals(
                Float.floatToRawIntBits(single[row]),
                Float.floatToRawIntBits(few[token * ROWS + row]),
                type + " row " + row + ", " + token + " of " + count);
          }
        }
      }
    }
  }

  @Test
  void aRowThatIsNoNumberSpoilsNoOther() {
    try (Arena arena = Arena.ofConfined()) {
      Tensor weight = RowKernelTest.randomMatrix(QuantType.Q4_0, ROWS, COLS, arena);
      int bad = 7;
      // The scale of a block in the middle: a half-precision NaN.
      long at = weight.rowOffset(bad) + 3L * QuantType.Q4_0.blockBytes();
      weight.data().set(ValueLayout.JAVA_BYTE, at, (byte) 0xff);
      weight.data().set(ValueLayout.JAVA_BYTE, at + 1, (byte) 0x7f);
      float[] found = new float[ROWS];
      run(new Product(Linear.of(weight), found), gaussian(COLS), 1);
      for (int row = 0; row < ROWS; row++) {
        assertEquals(row == bad, Float.isNaN(found[row]), "row " + row);
      }
    }
  }

  @Test
  void copiesEndWhereTheirRoomDoes() {
    try (Arena arena = Arena.ofConfined();
        WorkerPool pool = new WorkerPool(1)) {
      Tensor first = RowKernelTest.randomMatrix(QuantType.Q4_0, ROWS, COLS, arena);
      Tensor second = RowKernelTest.randomMatrix(QuantType.Q8_0, ROWS, COLS, arena);
      Tensor third = RowKernelTest.randomMatrix(QuantType.Q5_K, ROWS, COLS, arena);
      long room = new PanelLayout(PanelFormat.of(QuantType.Q4_0).orElseThrow(), ROWS, COLS).bytes();
      float[] result = new float[ROWS];
      try (PackedWeights packed = new PackedWeights(pool, room)) {
        packed.add(
            new Product[] {
              new Product(Linear.of(first), result),
              new Product(Linear.of(second), result),
              new Product(Linear.of(third), result)
            });
        assertNotNull(packed.get(first), "it fits");
        assertNull(packed.get(second), "no room is left");
        assertNull(packed.get(third), "a format without panels");
      }
    }
  }

  private static void run(Product product, float[] x, int batch) {
    WorkerScratch scratch = new WorkerScratch(HalfRows.STRETCH, COLS, COLS, 0, 0, 0);
    try (WorkerPool pool = new WorkerPool(1);
        MatrixMultiply multiply = new MatrixMultiply(pool, new WorkerScratch[] {scratch}, COLS)) {
      multiply.run(new Product[] {product}, x, batch);
    }
  }

  private static float[] gaussian(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor vector(float[] values, Arena arena) {
    return new Tensor(
        "bias",
        QuantType.F32,
        1,
        values.length,
        arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
  }
}
