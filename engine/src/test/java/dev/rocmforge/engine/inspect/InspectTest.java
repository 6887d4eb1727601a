package dev.rocmforge.engine.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.gguf.GgufWriter;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InspectTest {
  private static final ModelShape SMALL =
      new ModelShape(
          "small", "qwen2", 1, 256, 512, 4, 2, 64, 400, 128, 1e6, 1e-6, true, true, false, "qwen2",
          null);

  @TempDir Path folder;

  private Path floats(float[] weights, long... shape) {
    Path path = folder.resolve("floats.gguf");
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.name", GgufValue.of("floats"));
    metadata.put("list", GgufValue.of(1, 2, 3));
    List<Long> dims = java.util.Arrays.stream(shape).boxed().toList();
    List<GgufDeclaration> one = List.of(new GgufDeclaration("w", QuantType.F32, dims));
    try (GgufWriter writer = GgufWriter.create(path, metadata, one)) {
      writer.append("w", MemorySegment.ofArray(weights));
      writer.finish();
    }
    return path;
  }

  @Test
  void aSummaryHasEverythingInOrder() {
    Path path = floats(new float[12], 4, 3);
    try (GgufFile file = GgufFile.open(path)) {
      ModelSummary summary = ModelSummary.of(file);
      assertEquals(List.of(path), summary.files());
      assertEquals("GGUF", summary.container());
      assertEquals(3, summary.version());
      assertEquals(
          List.of(
              new ModelSummary.Pair("general.name", "STRING", "floats"),
              new ModelSummary.Pair("list", "INT32[3]", "[1, 2, 3]")),
          summary.metadata());
      long offset = file.tensors().getFirst().offset();
      assertEquals(
          List.of(new ModelSummary.TensorRow("w", "F32", List.of(4L, 3L), 48, path, offset)),
          summary.tensors());
      assertEquals(List.of(new ModelSummary.TypeRow("F32", 1, 12, 48)), summary.types());
      assertEquals(12, summary.parameters());
      assertEquals(48, summary.weightBytes());
    }
  }

  @Test
  void aScanNamesTheFirstBadWeightAndCountsAll() {
    long cols = 5000;
    float[] weights = new float[Math.toIntExact(7 * cols)];
    weights[24_321] = Float.NEGATIVE_INFINITY;
    weights[25_000] = Float.NaN;
    weights[34_999] = Float.NaN;
    try (GgufFile file = GgufFile.open(floats(weights, cols, 7))) {
      WeightScan scan = WeightScan.of(file, scanned -> assertEquals(7 * cols, scanned));
      assertEquals(7 * cols, scan.weights());
      assertEquals(
          List.of(
              new WeightScan.Finding("w", QuantType.F32, 2, 1, 4, 4321, Float.NEGATIVE_INFINITY)),
          scan.findings());
      assertEquals(
          "tensor w (F32): finite weights needed, 2 NaN and 1 infinite found, first -Infinity at"
              + " row 4, column 4321",
          scan.findings().getFirst().toString());
    }
  }

  /** Random blocks of every type are finite and have the promised spread. */
  @ParameterizedTest
  @EnumSource(QuantType.class)
  void syntheticWeightsAreFiniteAndOfSensibleSize(QuantType type) {
    Path path = folder.resolve(type + ".gguf");
    new SyntheticModel(SMALL, type, true, 5).write(path, written -> {});
    try (GgufFile file = GgufFile.open(path)) {
      assertTrue(WeightScan.of(file, scanned -> {}).clean());
      GgufTensor tensor = file.tensor("blk.0.ffn_up.weight").orElseThrow();
      float[] weights = new float[(int) tensor.elements()];
      type.format().decode(tensor.data(), 0, weights, 0, weights.length);
      double sum = 0;
      double squares = 0;
      for (float weight : weights) {
        sum += weight;
        squares += (double) weight * weight;
      }
      double mean = sum / weights.length;
      double deviation = Math.sqrt(squares / weights.length - mean * mean);
      assertEquals(0.02, deviation, 0.001, type + " deviation");
      assertEquals(0, mean, 0.001, type + " mean");
    }
  }
}
