package dev.rocmforge.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must hold for every format, on seeded random blocks and weights. */
class FormatPropertyTest {
  private static final int COUNT = 512;

  @ParameterizedTest
  @EnumSource
  void anyBytesDecode(QuantType type) {
    Random random = new Random(type.ggmlType());
    byte[] blocks = new byte[(int) type.bytes(COUNT)];
    float[] decoded = new float[COUNT];
    for (int round = 0; round < 200; round++) {
      random.nextBytes(blocks);
      type.format().decode(MemorySegment.ofArray(blocks), 0, decoded, 0, COUNT);
    }
    // All bits set is a NaN in every scale field; the codes themselves are never out of range.
    Arrays.fill(blocks, (byte) 0xff);
    type.format().decode(MemorySegment.ofArray(blocks), 0, decoded, 0, COUNT);
    boolean scaleIsHalf = type != QuantType.BF16 && type != QuantType.F32;
    assertTrue(!scaleIsHalf || Float.isNaN(decoded[COUNT - 1]), type + ": " + decoded[COUNT - 1]);
  }

  @ParameterizedTest
  @EnumSource
  void offsetsAreObeyed(QuantType type) {
    Random random = new Random(1);
    byte[] blocks = new byte[3 + (int) type.bytes(COUNT)];
    Arrays.fill(blocks, (byte) 1);
    float[] whole = new float[COUNT];
    type.format().decode(MemorySegment.ofArray(blocks), 3, whole, 0, COUNT);
    float[] half = new float[COUNT + 7];
    long second = 3 + type.bytes(COUNT / 2);
    type.format().decode(MemorySegment.ofArray(blocks), second, half, 7, COUNT / 2);
    assertArrayEquals(
        Arrays.copyOfRange(whole, COUNT / 2, COUNT), Arrays.copyOfRange(half, 7, 7 + COUNT / 2));
    float[] x = new float[COUNT + 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    double expected = 0;
    for (int i = 0; i < COUNT; i++) {
      expected += (double) whole[i] * x[5 + i];
    }
    assertEquals(expected, type.format().dot(MemorySegment.ofArray(blocks), 3, x, 5, COUNT));
  }

  @ParameterizedTest
  @EnumSource
  void encodingWhatWasDecodedLosesLittle(QuantType type) {
    if (!type.format().encodes()) {
      float[] none = new float[COUNT];
      MemorySegment dst = MemorySegment.ofArray(new byte[(int) type.bytes(COUNT)]);
      assertThrows(
          UnsupportedOperationException.class, () -> type.format().encode(none, 0, dst, 0, COUNT));
      return;
    }
    Random random = new Random(2);
    float[] source = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      source[i] = (float) random.nextGaussian();
    }
    float[] once = roundTrip(type, source);
    float[] twice = roundTrip(type, once);
    double lost = 0;
    double power = 0;
    for (int i = 0; i < COUNT; i++) {
      lost += Math.pow((double) once[i] - twice[i], 2);
      power += (double) once[i] * once[i];
    }
    // The scale is rounded to 11 bits again, and a code that sat on a tie may move by one.
    assertTrue(Math.sqrt(lost / power) < 0.02, type + ": " + Math.sqrt(lost / power));
  }

  @ParameterizedTest
  @EnumSource
  void zerosStayZero(QuantType type) {
    if (type.format().encodes()) {
      for (float weight : roundTrip(type, new float[COUNT])) {
        assertEquals(0, Math.abs(weight));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void extremeWeightsEncode(QuantType type) {
    if (!type.format().encodes()) {
      return;
    }
    float[] extremes = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE, Float.MIN_VALUE, -Float.MAX_VALUE, -0f
    };
    for (float extreme : extremes) {
      float[] source = new float[COUNT];
      source[1] = extreme;
      float[] back = roundTrip(type, source);
      // The second half shares no block with it, of any format.
      assertEquals(0, Math.abs(back[COUNT - 1]), type + " beside " + extreme);
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsOfBlocksAreRefused(QuantType type) {
    int count = type.blockSize() == 1 ? -1 : type.blockSize() + 1;
    MemorySegment blocks = MemorySegment.ofArray(new byte[4 * type.blockBytes()]);
    float[] weights = new float[4 * type.blockSize()];
    BlockFormat format = type.format();
    assertThrows(AssertionError.class, () -> format.decode(blocks, 0, weights, 0, count));
    assertThrows(AssertionError.class, () -> format.encode(weights, 0, blocks, 0, count));
    assertThrows(AssertionError.class, () -> format.dot(blocks, 0, weights, 0, count));
  }

  private static float[] roundTrip(QuantType type, float[] source) {
    MemorySegment blocks = MemorySegment.ofArray(new byte[(int) type.bytes(source.length)]);
    type.format().encode(source, 0, blocks, 0, source.length);
    float[] decoded = new float[source.length];
    type.format().decode(blocks, 0, decoded, 0, decoded.length);
    return decoded;
  }
}
