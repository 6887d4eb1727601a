package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;
import java.util.Locale;

/**
 * Size of a weight tensor on the device: units of 32 weights along a row, split into planes that
 * each begin at a multiple of 256 bytes; {@code kernels/include/planes.h} draws them.
 */
final class PlaneLayout {
  private static final int UNIT = 32;
  private static final long ALIGNMENT = 256;

  private PlaneLayout() {}

  /** Bytes of one unit in each plane, times eight; empty for a type without kernels. */
  private static int[] eighths(QuantType type) {
    return switch (type) {
      case F32 -> new int[] {1024};
      case F16 -> new int[] {512};
      case Q4_0 -> new int[] {128, 16};
      case Q4_1 -> new int[] {128, 32};
      case Q5_0 -> new int[] {128, 32, 16};
      case Q5_1 -> new int[] {128, 32, 32};
      case Q8_0 -> new int[] {256, 16};
      case Q4_K -> new int[] {128, 16, 4};
      case Q5_K -> new int[] {128, 32, 16, 4};
      case Q6_K -> new int[] {128, 64, 16, 2};
      case Q2_K, Q3_K, IQ4_NL, BF16 -> new int[0];
    };
  }

  /** Whether there are kernels for the type. */
  static boolean supports(QuantType type) {
    return eighths(type).length > 0;
  }

  /** Whether the type has kernels for q8 activations. */
  static boolean quantized(QuantType type) {
    return type.blockSize() > 1;
  }

  /** Folder of the type's kernels. */
  static String folder(QuantType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  static int units(int columns) {
    return (columns + UNIT - 1) / UNIT;
  }

  static long bytes(QuantType type, long rows, int columns) {
    assert supports(type) : type + " has no kernels";
    long units = rows * units(columns);
    long sum = 0;
    for (int eighths : eighths(type)) {
      sum += aligned((units * eighths + 7) / 8);
    }
    return sum;
  }

  /** Rounded up to where the next plane or vector may begin. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
