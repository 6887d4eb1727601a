package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.model.CompressedMatrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Payloads of matrices, as {@code docs/rfm.md} has them. */
public final class RfmPayload {
  private RfmPayload() {}

  /** {@code Q4Split} of Q4_0 blocks, a whole number of 256 weights. */
  public static MemorySegment split(MemorySegment blocks) {
    return Q4Split.split(blocks);
  }

  /** {@code Q4FusedGateUp} of the Q4_0 blocks of two matrices of one shape. */
  public static MemorySegment fused(MemorySegment gate, MemorySegment up) {
    return Q4Split.fuse(gate, up);
  }

  /** Floats. */
  public static MemorySegment floats(float[]... arrays) {
    long count = 0;
    for (float[] array : arrays) {
      count += array.length;
    }
    ByteBuffer bytes = buffer(4 * count);
    for (float[] array : arrays) {
      put(bytes, array);
    }
    return MemorySegment.ofBuffer(bytes.flip());
  }

  /** CSR with 32-bit indices and f32 values. */
  public static MemorySegment sparse(SparseMatrix matrix) {
    ByteBuffer bytes = buffer(4L * (matrix.rows() + 1) + 8L * matrix.nonZeros());
    put(bytes, matrix.starts());
    put(bytes, matrix.columns());
    put(bytes, matrix.values());
    return MemorySegment.ofBuffer(bytes.flip());
  }

  /** What {@link #sparse} is of. */
  public static RfmEncoding.Csr shape(SparseMatrix matrix) {
    return new RfmEncoding.Csr(
        matrix.rows(), matrix.cols(), matrix.nonZeros(), 32, RfmEncoding.ValueType.F32);
  }

  /** {@code MoeExpertSvdSparse}: every part has a sparse and a low-rank part of one rank. */
  public static MemorySegment experts(List<CompressedMatrix> parts) {
    List<SparseMatrix> sparse = parts.stream().map(p -> p.sparse().orElseThrow()).toList();
    List<LowRank> lowRank = parts.stream().map(p -> p.lowRank().orElseThrow()).toList();
    long values = sparse.stream().mapToLong(SparseMatrix::nonZeros).sum();
    LowRank one = lowRank.getFirst();
    long each = (long) one.rank() * (one.rows() + one.cols()) + one.rows() + 2;
    ByteBuffer bytes = buffer(4 * (parts.size() * each + 2 * values));
    lowRank.forEach(part -> put(bytes, part.u()));
    lowRank.forEach(part -> put(bytes, part.v()));
    sparse.forEach(part -> put(bytes, part.starts()));
    sparse.forEach(part -> put(bytes, part.columns()));
    sparse.forEach(part -> put(bytes, part.values()));
    sparse.forEach(part -> bytes.putInt(part.nonZeros()));
    return MemorySegment.ofBuffer(bytes.flip());
  }

  /** {@code MoeExpertMpo}: every part is of one low rank. */
  public static MemorySegment mpoExperts(List<LowRank> parts) {
    LowRank one = parts.getFirst();
    long each = (long) one.rank() * (one.rows() + one.cols());
    ByteBuffer bytes = buffer(32 + 4 * each * parts.size());
    put(bytes, new int[] {1, one.rows(), one.rank(), 1, one.rank(), one.cols(), 1, 1});
    for (LowRank part : parts) {
      put(bytes, part.u());
      put(bytes, part.v());
    }
    return MemorySegment.ofBuffer(bytes.flip());
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer bytes, int[] values) {
    for (int value : values) {
      bytes.putInt(value);
    }
  }

  private static void put(ByteBuffer bytes, float[] values) {
    for (float value : values) {
      bytes.putFloat(value);
    }
  }
}
