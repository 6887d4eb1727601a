package dev.rocmforge.peers.jlama;

import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.BFloat16BufferTensor;
import com.github.tjake.jlama.tensor.FloatBufferTensor;
import com.github.tjake.jlama.tensor.Q4ByteBufferTensor;
import com.github.tjake.jlama.tensor.TensorShape;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tensors as Jlama stores them. Q4_0 becomes its Q4 (the same codes, scales as F32) and F16 its F32
 * without a loss. Its products take no other quantized weights, so all else becomes BF16, whose
 * rounding (at most 2<sup>-9</sup>) is far below that of 8 bits.
 */
final class JlamaTensors {
  private static final int CACHE_LINE = 64;
  private static final int BLOCK = 32;
  private static final int CODE_BYTES = 16;
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private JlamaTensors() {}

  /** The format that weights of a type become. */
  static DType type(QuantType type) {
    return switch (type) {
      case Q4_0 -> DType.Q4;
      case F32, F16 -> DType.F32;
      case BF16, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL -> DType.BF16;
    };
  }

  /** A matrix in the format nearest to its own. */
  static AbstractTensor<?, ?> of(Tensor matrix) {
    return switch (type(matrix.type())) {
      case Q4 -> q4(matrix);
      case F32 -> f32(matrix);
      default -> bf16(matrix);
    };
  }

  private static TensorShape shape(Tensor tensor) {
    return TensorShape.of(Math.toIntExact(tensor.rows()), tensor.cols());
  }

  private static ByteBuffer buffer(Tensor tensor, long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new InputException(
          "Jlama: at most %d bytes a tensor, %s needs %d"
              .formatted(Integer.MAX_VALUE, tensor.name(), bytes));
    }
    return Arena.global().allocate(bytes, CACHE_LINE).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static Q4ByteBufferTensor q4(Tensor matrix) {
    long blocks = matrix.rows() * matrix.cols() / BLOCK;
    ByteBuffer codes = buffer(matrix, blocks * CODE_BYTES);
    ByteBuffer scales = buffer(matrix, blocks * Float.BYTES);
    MemorySegment from = matrix.data();
    MemorySegment to = MemorySegment.ofBuffer(codes);
    for (int i = 0; i < blocks; i++) {
      long at = (long) i * QuantType.Q4_0.blockBytes();
      scales.putFloat(i * Float.BYTES, Float.float16ToFloat(from.get(HALF, at)));
      MemorySegment.copy(from, at + Short.BYTES, to, (long) i * CODE_BYTES, CODE_BYTES);
    }
    int row = matrix.cols() / BLOCK;
    TensorShape scaleShape = TensorShape.of(Math.toIntExact(matrix.rows()), row);
    return new Q4ByteBufferTensor(
        matrix.name(),
        codes,
        new FloatBufferTensor(matrix.name(), scales.asFloatBuffer(), scaleShape, true),
        shape(matrix),
        true);
  }

  /** Any tensor, decoded. */
  static AbstractTensor<?, ?> f32(Tensor tensor) {
    ByteBuffer values = buffer(tensor, tensor.rows() * tensor.cols() * Float.BYTES);
    float[] row = new float[tensor.cols()];
    for (int i = 0; i < tensor.rows(); i++) {
      tensor.decodeRow(i, row, 0);
      values.asFloatBuffer().put(i * row.length, row);
    }
    return new FloatBufferTensor(tensor.name(), values.asFloatBuffer(), shape(tensor), true);
  }

  private static BFloat16BufferTensor bf16(Tensor tensor) {
    ByteBuffer values = buffer(tensor, tensor.rows() * tensor.cols() * Short.BYTES);
    MemorySegment to = MemorySegment.ofBuffer(values);
    float[] row = new float[tensor.cols()];
    for (long i = 0; i < tensor.rows(); i++) {
      tensor.decodeRow(i, row, 0);
      QuantType.BF16.format().encode(row, 0, to, i * row.length * Short.BYTES, row.length);
    }
    return new BFloat16BufferTensor(tensor.name(), values.asShortBuffer(), shape(tensor), true);
  }
}
