package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * A weight tensor: GGUF blocks of random bits with scales of a sane size, and what the engine's
 * decoder makes of them. Random bits reach every nibble, high bit and sub-scale; encoded normal
 * values would not.
 */
final class Weights {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int NONE = -1;

  private final QuantType type;
  private final int rows;
  private final int columns;
  private final byte[] blocks;
  private final float[] values;
  private final float[] offsets;
  private final boolean halves;

  /** The same blocks, each weight rounded to f16 after decoding. */
  private Weights(Weights of) {
    type = of.type;
    rows = of.rows;
    columns = of.columns;
    blocks = of.blocks;
    offsets = of.offsets;
    values = of.values.clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
    }
    halves = true;
  }

  /**
   * The weights as a kernel has them that rounds them to f16. A decoded weight is one f32 rounding
   * of exact products of few bits, so that every decoder gets the same f16.
   */
  Weights halves() {
    return new Weights(this);
  }

  /** How far a chip may be off that takes subnormal f16 for zero. */
  static double flushedHalf(double half) {
    return Math.abs(half) < 0x1p-14 ? Math.abs(half) : 0;
  }

  /** How far a weight may be off before any rounding of sums. */
  double uncertainty(int row, int column) {
    return halves ? flushedHalf(values[row * columns + column]) : 0;
  }

  private Weights(QuantType type, int rows, int columns, byte[] blocks) {
    halves = false;
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    this.blocks = blocks;
    values = decoded(blocks);
    int quants = quantsBegin(type);
    if (quants == NONE) {
      offsets = new float[0];
    } else {
      byte[] bare = blocks.clone();
      for (int at = 0; at < bare.length; at += type.blockBytes()) {
        int end = type == QuantType.Q6_K ? 192 : type.blockBytes();
        java.util.Arrays.fill(bare, at + quants, at + end, (byte) 0);
      }
      offsets = decoded(bare);
    }
  }

  static Weights random(
      SplittableRandom random, QuantType type, InputClass inputs, int rows, int columns) {
    if (columns % type.blockSize() != 0) {
      throw new dev.rocmforge.engine.InputException(
          "%s: %d columns: a multiple of %d needed".formatted(type, columns, type.blockSize()));
    }
    byte[] blocks = new byte[Math.toIntExact(type.bytes((long) rows * columns))];
    random.nextBytes(blocks);
    MemorySegment memory = MemorySegment.ofArray(blocks);
    for (int at = 0; at < blocks.length; at += type.blockBytes()) {
      switch (type) {
        case F32 -> memory.set(FLOAT, at, (float) random.nextGaussian());
        case Q6_K -> half(memory, at + 208, scale(random, inputs) / 64);
        case Q4_K, Q5_K -> {
          half(memory, at, scale(random, inputs) / 32);
          half(memory, at + 2, scale(random, inputs) / 32);
        }
        case Q4_1, Q5_1 -> {
          half(memory, at, scale(random, inputs));
          half(memory, at + 2, scale(random, inputs) * 8);
        }
        case F16 -> half(memory, at, random.nextGaussian());
        case Q4_0, Q5_0, Q8_0 -> half(memory, at, scale(random, inputs));
        case Q2_K, Q3_K, IQ4_NL, BF16 -> throw new AssertionError(type + " has no kernels");
      }
    }
    return new Weights(type, rows, columns, blocks);
  }

  /** Known weights, encoded into the format. */
  static Weights encoded(QuantType type, int rows, int columns, float[] weights) {
    byte[] blocks = new byte[Math.toIntExact(type.bytes((long) rows * columns))];
    type.format().encode(weights, 0, MemorySegment.ofArray(blocks), 0, weights.length);
    return new Weights(type, rows, columns, blocks);
  }

  /** Of both signs, each block another; f16 subnormal, zero or wide-ranging where asked. */
  private static double scale(SplittableRandom random, InputClass inputs) {
    double size = random.nextDouble(0.5, 1.5) * (random.nextInt(4) == 0 ? -0.125 : 0.125);
    return switch (inputs) {
      case ZEROS -> random.nextBoolean() ? 0 : size;
      case DENORMALS -> size * 0x1p-14;
      case EXTREMES -> Math.scalb(size, random.nextInt(-8, 9));
      default -> size;
    };
  }

  private static void half(MemorySegment memory, long at, double value) {
    memory.set(SHORT, at, Float.floatToFloat16((float) value));
  }

  /** Where a block's quants begin; with all of them zero a block decodes to its offset. */
  private static int quantsBegin(QuantType type) {
    return switch (type) {
      case Q4_0, Q5_0 -> 2;
      case Q6_K -> 0;
      case Q4_1, Q5_1 -> 4;
      case Q4_K, Q5_K -> 16;
      case F32, F16, Q8_0, Q2_K, Q3_K, IQ4_NL, BF16 -> NONE;
    };
  }

  private float[] decoded(byte[] bytes) {
    float[] out = new float[Math.multiplyExact(rows, columns)];
    type.format().decode(MemorySegment.ofArray(bytes), 0, out, 0, out.length);
    return out;
  }

  QuantType type() {
    return type;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  byte[] blocks() {
    return blocks;
  }

  double value(int row, int column) {
    return values[row * columns + column];
  }

  /**
   * |scale * q| + |minimum| of a weight, up to a factor that only enlarges it: a weight that is the
   * difference of two large terms has their rounding error.
   */
  double magnitude(int row, int column) {
    int at = row * columns + column;
    double value = Math.abs((double) values[at]);
    return hasMinimum(type) ? value + 2 * Math.abs((double) offsets[at]) : value;
  }

  /**
   * The same where whole units are multiplied as integers: there the offset of a signed type, 8 in
   * Q4_0, is a term of its own as well, because the kernel may subtract it from the unit's sum.
   */
  double magnitudeOfInteger(int row, int column) {
    int at = row * columns + column;
    double value = Math.abs((double) values[at]);
    return offsets.length == 0 ? value : value + 2 * Math.abs((double) offsets[at]);
  }

  private static boolean hasMinimum(QuantType type) {
    return switch (type) {
      case Q4_1, Q5_1, Q4_K, Q5_K -> true;
      default -> false;
    };
  }

  int units() {
    return (columns + 31) / 32;
  }

  /** Bytes of the planes of a tensor of {@code totalRows} such rows (kernels/README.md). */
  long planeBytes(int totalRows) {
    long bytes = 0;
    for (int quarter : planeQuarters(type)) {
      long plane = ((long) totalRows * units() * quarter + 3) / 4;
      bytes += (plane + 255) / 256 * 256;
    }
    return bytes;
  }

  /** Quarters of a byte that a unit of 32 weights has in each plane; none without kernels. */
  private static int[] planeQuarters(QuantType type) {
    return switch (type) {
      case F32 -> new int[] {512};
      case F16 -> new int[] {256};
      case Q4_0 -> new int[] {64, 8};
      case Q4_1 -> new int[] {64, 16};
      case Q5_0 -> new int[] {64, 16, 8};
      case Q5_1 -> new int[] {64, 16, 16};
      case Q8_0 -> new int[] {128, 8};
      case Q4_K -> new int[] {64, 8, 2};
      case Q5_K -> new int[] {64, 16, 8, 2};
      case Q6_K -> new int[] {64, 32, 8, 1};
      case Q2_K, Q3_K, IQ4_NL, BF16 -> new int[0];
    };
  }

  /** Whether there are kernels for the type. */
  static boolean onDevice(QuantType type) {
    return planeQuarters(type).length > 0;
  }

  /**
   * Puts the rows on the device in two parts, at {@code firstRow} of a tensor that has three rows
   * more than it needs: the others stay poison.
   */
  Trial.Slot repacked(Trial trial, KernelCase one, int firstRow, int totalRows) {
    Trial.Slot source = trial.blocks("source", blocks);
    Trial.Slot planes = trial.scratch("weights", planeBytes(totalRows));
    Trial.Code code =
        new Trial.Code(
            KernelCase.folder(type) + "/repack.hip", java.util.Map.of("RF_WAVE", one.wave()));
    int part = rows / 2;
    long rowBytes = type.bytes(columns);
    for (int[] range : new int[][] {{0, part}, {part, rows - part}}) {
      if (range[1] > 0) {
        trial.launch(
            code,
            "repack",
            256,
            Trial.Grid.of(Grids.blocks((long) units() * range[1], 256)),
            planes,
            source.at(range[0] * rowBytes),
            totalRows,
            columns,
            firstRow + range[0],
            range[1]);
      }
    }
    return planes;
  }
}
