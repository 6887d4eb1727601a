package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Small integers from mapped memory to lanes: as many bytes as a vector has floats are loaded and
 * widened, so that no vector is ever taken apart.
 */
final class Quants {
  /** Fewer lanes than this would need byte vectors narrower than the Vector API has. */
  static final int LEAST_LANES = 8;

  /** As many bytes as a vector has floats, or more where so few are no vector. */
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Math.max(Lanes.COUNT, LEAST_LANES) * Byte.SIZE));

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Quants() {}

  /** The bits of the half-precision float at {@code at}. */
  static short halfBits(MemorySegment data, long at) {
    return data.get(SHORT, at);
  }

  /** The half-precision float at {@code at}. */
  static float half(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(SHORT, at));
  }

  /** The unsigned byte at {@code at}. */
  static int unsignedByte(MemorySegment data, long at) {
    return data.get(ValueLayout.JAVA_BYTE, at) & 255;
  }

  /** The signed byte at {@code at}. */
  static int signedByte(MemorySegment data, long at) {
    return data.get(ValueLayout.JAVA_BYTE, at);
  }

  /** The 32 bits at {@code at}. */
  static int bits(MemorySegment data, long at) {
    return data.get(INT, at);
  }

  /** One unsigned byte a lane. */
  static IntVector unsigned(MemorySegment data, long at) {
    return (IntVector)
        ByteVector.fromMemorySegment(BYTES, data, at, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, 0);
  }

  /** One signed byte a lane, as floats. */
  static FloatVector signed(MemorySegment data, long at) {
    return (FloatVector)
        ByteVector.fromMemorySegment(BYTES, data, at, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
  }

  /** Whole numbers as floats. */
  static FloatVector floats(IntVector values) {
    return (FloatVector) values.convert(VectorOperators.I2F, 0);
  }

  /** The low nibbles of bytes, as floats. */
  static FloatVector low(IntVector bytes) {
    return floats(bytes.and(15));
  }

  /** The high nibbles of bytes, as floats. */
  static FloatVector high(IntVector bytes) {
    return floats(bytes.lanewise(VectorOperators.LSHR, 4));
  }
}
