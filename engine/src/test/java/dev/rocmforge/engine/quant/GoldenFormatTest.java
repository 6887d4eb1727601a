package dev.rocmforge.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every format against blocks that ggml's reference quantizers made. */
class GoldenFormatTest {
  private static final Path GOLDEN = golden().resolve("quant");
  private static final int ROWS = 32;
  private static final int COLS = 512;

  /** Formats whose encoding is a search, where ours may differ from the reference's. */
  private static final Set<QuantType> SEARCHED =
      EnumSet.of(QuantType.Q4_K, QuantType.Q5_K, QuantType.Q6_K);

  private static final Set<QuantType> DECODED_ONLY =
      EnumSet.of(QuantType.Q2_K, QuantType.Q3_K, QuantType.IQ4_NL);

  private static Path golden() {
    String given = System.getProperty("rocmforge.golden", "");
    return Path.of(given.isEmpty() ? "../datasets/golden" : given);
  }

  @ParameterizedTest
  @EnumSource
  void decodesBitExact(QuantType type) throws IOException {
    float[] decoded = decode(type, blocks(type));
    float[] expected = floats(decoded(type));
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(decoded[i]), "weight " + i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dotProductsAgree(QuantType type) throws IOException {
    float[] x = floats("x.f32");
    double[] expected = dots(type, x);
    for (int row = 0; row < ROWS; row++) {
      double dot = type.format().dot(blocks(type), type.bytes(COLS) * row, x, 0, COLS);
      assertEquals(expected[row], dot, 1e-6 * Math.abs(expected[row]), "row " + row);
    }
  }

  @ParameterizedTest
  @EnumSource
  void encodesAsTheReference(QuantType type) throws IOException {
    assertEquals(!DECODED_ONLY.contains(type), type.format().encodes());
    if (!type.format().encodes()) {
      return;
    }
    float[] source = floats("source.f32");
    byte[] encoded = new byte[(int) type.bytes(source.length)];
    type.format().encode(source, 0, MemorySegment.ofArray(encoded), 0, source.length);
    if (!SEARCHED.contains(type)) {
      assertArrayEquals(blocks(type).toArray(ValueLayout.JAVA_BYTE), encoded);
      return;
    }
    float[] ours = decode(type, MemorySegment.ofArray(encoded));
    float[] theirs = floats(decoded(type));
    assertNotWorse(source, ours, theirs, 0, source.length, 0);
    for (int row = 0; row < ROWS; row++) {
      // What rounding the block's scale to 11 bits costs by itself is luck, in constant rows all.
      double luck = Math.abs(source[row * COLS]) / 2048;
      assertNotWorse(source, ours, theirs, row * COLS, COLS, luck);
    }
  }

  @ParameterizedTest
  @EnumSource
  void numbersAndSizesAreThoseOfTheReference(QuantType type) throws IOException {
    assertEquals(type, QuantType.ofGgml(type.ggmlType()).orElseThrow());
    if (type == QuantType.F32) {
      return;
    }
    JsonNode types =
        new ObjectMapper().readTree(GOLDEN.resolve("manifest.json").toFile()).get("types");
    int found = 0;
    for (JsonNode entry : types) {
      if (entry.get("name").asText().equals(type.name())) {
        assertEquals(entry.get("ggml_type").asInt(), type.ggmlType());
        assertEquals(entry.get("block").asInt(), type.blockSize());
        assertEquals(entry.get("block_bytes").asInt(), type.blockBytes());
        found++;
      }
    }
    assertEquals(1, found, type + " in the manifest");
  }

  private static void assertNotWorse(
      float[] source, float[] ours, float[] theirs, int from, int count, double luck) {
    double our = rootMeanSquareError(source, ours, from, count);
    double reference = rootMeanSquareError(source, theirs, from, count);
    assertTrue(
        our <= 1.02 * Math.max(reference, luck),
        "weights from " + from + ": error " + our + ", reference " + reference);
  }

  private static double rootMeanSquareError(float[] x, float[] y, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.pow((double) x[i] - y[i], 2);
    }
    return Math.sqrt(sum / count);
  }

  private static float[] decode(QuantType type, MemorySegment blocks) {
    float[] decoded = new float[ROWS * COLS];
    type.format().decode(blocks, 0, decoded, 0, decoded.length);
    return decoded;
  }

  /** F32 blocks are the source itself. */
  private static MemorySegment blocks(QuantType type) throws IOException {
    String name = type == QuantType.F32 ? "source.f32" : type + ".blocks";
    return MemorySegment.ofArray(content(name));
  }

  private static String decoded(QuantType type) {
    return type == QuantType.F32 ? "source.f32" : type + ".f32";
  }

  private static double[] dots(QuantType type, float[] x) throws IOException {
    double[] dots = new double[ROWS];
    if (type == QuantType.F32) {
      float[] source = floats("source.f32");
      for (int i = 0; i < source.length; i++) {
        dots[i / COLS] += (double) source[i] * x[i % COLS];
      }
      return dots;
    }
    DoubleBuffer values = bytes(type + ".dot.f64").asDoubleBuffer();
    values.get(dots);
    return dots;
  }

  private static float[] floats(String name) throws IOException {
    FloatBuffer values = bytes(name).asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  private static ByteBuffer bytes(String name) throws IOException {
    return ByteBuffer.wrap(content(name)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The project keeps the floats packed; a folder of the references may have them as they are. */
  private static byte[] content(String name) throws IOException {
    Path packed = GOLDEN.resolve(name + ".gz");
    if (!Files.exists(packed)) {
      return Files.readAllBytes(GOLDEN.resolve(name));
    }
    try (var in = new GZIPInputStream(Files.newInputStream(packed))) {
      return in.readAllBytes();
    }
  }
}
