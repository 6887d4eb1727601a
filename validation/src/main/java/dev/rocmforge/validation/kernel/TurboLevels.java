package dev.rocmforge.validation.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.distribution.NormalDistribution;

/** What the codes of a cached head mean, found anew: levels by Lloyd's iteration, bit by bit. */
final class TurboLevels {
  private static final int ROUNDS = 4000;
  private static final int FAR = 40;

  /** By bits; each takes a while to find. */
  private static final Map<Integer, double[]> FOUND = new ConcurrentHashMap<>();

  private TurboLevels() {}

  /** Levels of the unit Gaussian with the least squared error, rising. */
  static double[] of(int bits) {
    return FOUND.computeIfAbsent(bits, TurboLevels::find).clone();
  }

  private static double[] find(int bits) {
    var normal = new NormalDistribution(null, 0, 1);
    double[] levels = new double[1 << bits];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = -3 + 6 * (i + 0.5) / levels.length;
    }
    for (int round = 0; round < ROUNDS; round++) {
      double[] next = new double[levels.length];
      for (int i = 0; i < levels.length; i++) {
        double low = i == 0 ? -FAR : (levels[i - 1] + levels[i]) / 2;
        double high = i == levels.length - 1 ? FAR : (levels[i] + levels[i + 1]) / 2;
        double mass = normal.cumulativeProbability(high) - normal.cumulativeProbability(low);
        next[i] = (normal.density(low) - normal.density(high)) / mass;
      }
      levels = next;
    }
    return levels;
  }

  /** Writes one bit after the other: value i of a head's codes begins at bit i * bits. */
  static void put(byte[] codes, int firstByte, int index, int bits, int code) {
    for (int bit = 0; bit < bits; bit++) {
      int at = index * bits + bit;
      if (((code >> bit) & 1) != 0) {
        codes[firstByte + at / 8] |= (byte) (1 << (at % 8));
      }
    }
  }

  static int get(byte[] codes, int firstByte, int index, int bits) {
    int code = 0;
    for (int bit = 0; bit < bits; bit++) {
      int at = index * bits + bit;
      code |= ((codes[firstByte + at / 8] >> (at % 8)) & 1) << bit;
    }
    return code;
  }

  static byte[] halves(float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putShort(Float.floatToFloat16(value));
    }
    return buffer.array();
  }
}
