package dev.rocmforge.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.convert.EncodingCase;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.model.CompressedExample;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.rfm.RfmFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every encoding from weights through a file to a product, against the dense product in double. */
class EncodingProductTest {
  private static final int BATCH = 3;
  private static final VectorBackend BACKEND = new VectorBackend(2);
  private static final ModelConfig CONFIG =
      new ModelConfig(
          "mamba", "products", 1, BATCH, 1024, 1, 1e-5f, new MambaBlocks(1024, 1, 1, 1));

  /** Float sums of a product that is exact otherwise. */
  private static final double ROUNDING = 1e-10;

  @TempDir private Path folder;

  static List<EncodingCase> cases() {
    return EncodingCase.all();
  }

  private static Operations operations() {
    return BACKEND.operations(CONFIG, BATCH);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productIsWithinTheBoundOfTheEncoding(EncodingCase example) {
    try (RfmFile file = example.written(folder.resolve("one.rfm"))) {
      Matrix matrix = file.compressed("blk.0.ffn_down.weight").orElseThrow();
      for (int expert = 0; expert < Math.max(1, example.experts()); expert++) {
        check(example, matrix, expert);
      }
    }
  }

  private static void check(EncodingCase example, Matrix all, int expert) {
    float[] bias = new float[example.rows()];
    for (int r = 0; r < bias.length; r++) {
      bias[r] = r % 7;
    }
    var biasTensor = new Tensor("bias", QuantType.F32, 1, bias.length, MemorySegment.ofArray(bias));
    float[] result = new float[BATCH * example.rows()];
    Matrix one = all.slice((long) expert * example.rows(), example.rows());
    ProductGroup group =
        ProductGroup.of(
            new CompressedScratch(BATCH), new Linear(one, Optional.of(biasTensor)), result);
    float[] x = new float[BATCH * example.cols()];
    for (int i = 0; i < BATCH; i++) {
      System.arraycopy(example.input(i), 0, x, i * example.cols(), example.cols());
    }
    group.run(operations(), x, BATCH);
    for (int i = 0; i < BATCH; i++) {
      double[] exact = example.exact(expert, example.input(i));
      double error = 0;
      double norm = 0;
      for (int r = 0; r < exact.length; r++) {
        error += Math.pow(result[i * exact.length + r] - bias[r] - exact[r], 2);
        norm += exact[r] * exact[r];
      }
      double bound = example.bound(all, expert, example.input(i)) + ROUNDING;
      double nmse = error / norm;
      assertTrue(nmse <= bound, () -> "NMSE %.3g, at most %.3g".formatted(nmse, bound));
    }
  }

  /** What a reader sees is what the writer said, bit for bit. */
  @ParameterizedTest
  @MethodSource("cases")
  void decodedRowsAreThoseOfTheEncoder(EncodingCase example) {
    Matrix said = example.encoded().decoded().orElseThrow();
    try (RfmFile file = example.written(folder.resolve("one.rfm"))) {
      Matrix read = file.compressed("blk.0.ffn_down.weight").orElseThrow();
      assertEquals(said.rows(), read.rows());
      assertEquals(said.cols(), read.cols());
      float[] expected = new float[said.cols()];
      float[] found = new float[said.cols()];
      for (long row = 0; row < said.rows(); row++) {
        said.decodeRow(row, expected, 0);
        read.decodeRow(row, found, 0);
        assertArrayEquals(expected, found);
      }
      assertEquals(List.of(), file.damaged());
    }
  }

  static List<CompressedExample> examples() {
    return CompressedExample.all();
  }

  /** Ranks 1 to 512, tall and wide, one row and 64. */
  @ParameterizedTest
  @MethodSource("examples")
  void productOfAnyRankIsTheDenseOne(CompressedExample example) {
    CompressedMatrix matrix = example.matrix();
    float[] x = example.input(64);
    List<CompressedExample.Expected> expected = example.exact(matrix, x, 64);
    for (Operations operations : List.of(operations(), ScalarBackend.operations(CONFIG, 64))) {
      for (int batch : new int[] {1, 64}) {
        float[] result = new float[batch * example.rows()];
        ProductGroup.of(new CompressedScratch(batch), Linear.of(matrix), result)
            .run(operations, x, batch);
        for (int i = 0; i < result.length; i++) {
          double off = Math.abs(result[i] - expected.get(i).value());
          int at = i;
          assertTrue(
              off <= expected.get(i).bound(),
              () -> "batch %d, output %d: off by %.3g".formatted(batch, at, off));
        }
      }
    }
  }

  /** Steps that verify drafted tokens rest on this. */
  @ParameterizedTest
  @MethodSource("examples")
  void aFewRowsHaveTheBitsOfSingleOnes(CompressedExample example) {
    Operations operations = operations();
    float[] x = example.input(operations.exactRows());
    for (int batch = 2; batch <= operations.exactRows(); batch++) {
      float[] few = new float[batch * example.rows()];
      ProductGroup.of(new CompressedScratch(batch), Linear.of(example.matrix()), few)
          .run(operations, x, batch);
      for (int row = 0; row < batch; row++) {
        float[] single = new float[example.rows()];
        ProductGroup.of(new CompressedScratch(1), Linear.of(example.matrix()), single)
            .run(
                operations,
                Arrays.copyOfRange(x, row * example.cols(), (row + 1) * example.cols()),
                1);
        assertArrayEquals(
            single,
            Arrays.copyOfRange(few, row * example.rows(), (row + 1) * example.rows()),
            "row " + row + " of " + batch);
      }
    }
  }
}
