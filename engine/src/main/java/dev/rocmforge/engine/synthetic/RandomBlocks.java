package dev.rocmforge.engine.synthetic;

import dev.rocmforge.engine.quant.QuantType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Fills memory with random valid blocks of one format, directly and without encoding: every bit
 * pattern of the quants is valid, so these are random bits, and the half-precision scales are set
 * such that the weights have a standard deviation of about {@value #DEVIATION}. Float formats get a
 * sum of four uniform numbers, which is near a normal distribution and bounded.
 */
final class RandomBlocks {
  static final double DEVIATION = 0.02;

  /** Standard deviation of the sum of four independent uniform 16-bit integers. */
  private static final double SUM_DEVIATION = Math.sqrt(4 * (65536.0 * 65536.0 - 1) / 12);

  private static final double SUM_MEAN = 2 * 65535.0;

  /**
   * A half-precision field of a block.
   *
   * @param offset in the block
   * @param value in units of {@link #DEVIATION}
   */
  private record Scale(int offset, double value) {}

  private final QuantType type;
  private final List<Scale> scales;
  private final SplittableRandom random;

  RandomBlocks(QuantType type, long seed) {
    this.type = type;
    scales = scales(type);
    random = new SplittableRandom(seed);
  }

  /**
   * Where the scales are, and one over the standard deviation of the quants that they multiply;
   * minima sit where the mean weight is about zero. Quants and sub-block scales are uniform.
   */
  private static List<Scale> scales(QuantType type) {
    return switch (type) {
      case F32, F16, BF16 -> List.of();
      case Q4_0 -> List.of(new Scale(0, 1 / 4.61));
      case Q4_1 -> List.of(new Scale(0, 1 / 4.61), new Scale(2, -7.5 / 4.61));
      case Q5_0 -> List.of(new Scale(0, 1 / 9.23));
      case Q5_1 -> List.of(new Scale(0, 1 / 9.23), new Scale(2, -15.5 / 9.23));
      case Q8_0 -> List.of(new Scale(0, 1 / 73.9));
      // w = d * sc * q - dmin * m with sc and m of 4 bits and q of 2
      case Q2_K -> List.of(new Scale(80, 1 / 13.9), new Scale(82, 1.5 / 13.9));
      case Q3_K -> List.of(new Scale(108, 1 / 43.3));
      // the same with sc and m of 6 bits and q of 4 or 5
      case Q4_K -> List.of(new Scale(0, 1 / 258.0), new Scale(2, 7.5 / 258));
      case Q5_K -> List.of(new Scale(0, 1 / 527.0), new Scale(2, 15.5 / 527));
      case Q6_K -> List.of(new Scale(208, 1 / 1366.0));
      case IQ4_NL -> List.of(new Scale(0, 1 / 67.4));
    };
  }

  /** Fills {@code bytes}, a whole number of blocks and of 8 bytes or all that is left. */
  void fill(byte[] bytes, int length) {
    ByteBuffer out = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case F32 -> {
        while (out.hasRemaining()) {
          out.putFloat(normal());
        }
      }
      case F16 -> {
        while (out.hasRemaining()) {
          out.putShort(Float.floatToFloat16(normal()));
        }
      }
      case BF16 -> {
        while (out.hasRemaining()) {
          out.putShort((short) (Float.floatToRawIntBits(normal()) >>> 16));
        }
      }
      default -> blocks(out, length);
    }
  }

  private void blocks(ByteBuffer out, int length) {
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      out.putLong(at, random.nextLong());
    }
    for (; at < length; at++) {
      out.put(at, (byte) random.nextInt());
    }
    for (int block = 0; block < length; block += type.blockBytes()) {
      // Either sign, as the mean of the quants themselves is half a step off zero.
      double sign = (out.get(block + type.blockBytes() / 2) & 1) == 0 ? 1 : -1;
      for (Scale scale : scales) {
        float value = (float) (sign * scale.value() * DEVIATION);
        out.putShort(block + scale.offset(), Float.floatToFloat16(value));
      }
    }
  }

  private float normal() {
    long bits = random.nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (float) ((sum - SUM_MEAN) / SUM_DEVIATION * DEVIATION);
  }
}
