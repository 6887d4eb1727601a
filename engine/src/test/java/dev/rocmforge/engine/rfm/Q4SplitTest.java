package dev.rocmforge.engine.rfm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Planes of Q4_0 come back as the blocks that they were made from, so every product is the same.
 */
class Q4SplitTest {
  @TempDir private Path folder;

  private static MemorySegment blocks(int rows, int cols, long seed) {
    var random = new Random(seed);
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    MemorySegment blocks =
        MemorySegment.ofArray(new byte[(int) QuantType.Q4_0.bytes((long) rows * cols)]);
    QuantType.Q4_0.format().encode(values, 0, blocks, 0, values.length);
    return blocks;
  }

  @ParameterizedTest
  @CsvSource({"256, 256", "768, 256", "8, 512"})
  void splitAndFusedMatricesAreTheSameBlocks(int rows, int cols) {
    MemorySegment gate = blocks(rows, cols, 1);
    MemorySegment up = blocks(rows, cols, 2);
    Path path = folder.resolve("split.rfm");
    var metadata =
        new RfmMetadata(
            new GgufMetadata(path, Map.of()), RfmJsonTree.of("{\"layout\": {}}"), Map.of());
    List<Long> dims = List.of((long) cols, (long) rows);
    String fused = "blk.0.ffn_gate_up.weight";
    String split = "blk.0.ffn_down.weight";
    try (RfmWriter writer = RfmWriter.create(path, metadata, List.of(fused, split))) {
      writer.append(fused, dims, new RfmEncoding.Q4FusedGateUp(), RfmPayload.fused(gate, up));
      writer.append(split, dims, new RfmEncoding.Q4Split(), RfmPayload.split(up));
      writer.finish();
    }
    try (RfmFile file = RfmFile.open(path)) {
      same(gate, file.tensor("blk.0.ffn_gate.weight").orElseThrow());
      same(up, file.tensor("blk.0.ffn_up.weight").orElseThrow());
      same(up, file.tensor(split).orElseThrow());
      assertEquals(3, file.tensors().size());
      assertEquals(List.of(), file.damaged());
      assertTrue(file.compressed(split).isEmpty());
    }
  }

  private static void same(MemorySegment blocks, GgufTensor read) {
    assertEquals(QuantType.Q4_0, read.type());
    assertEquals(blocks.byteSize(), read.data().byteSize());
    assertEquals(-1, blocks.mismatch(read.data()), read.name());
  }
}
