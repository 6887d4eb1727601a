package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.compress.Hadamard;
import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.MatrixStack;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.rfm.RfmEncoding;
import dev.rocmforge.engine.rfm.RfmPayload;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes each encoding from decoded weights. */
public final class TensorEncoder {
  private static final int GROUP = 256;

  private TensorEncoder() {}

  /** Nothing is lost: floats, Q4_0 by planes, everything else as it is. */
  public static EncodedTensor pack(GgufTensor tensor) {
    if (tensor.type() == QuantType.F32) {
      return EncodedTensor.exact(
          tensor.name(), tensor.shape(), new RfmEncoding.F32(), tensor.data());
    }
    if (tensor.type() == QuantType.Q4_0 && splits(tensor.elements())) {
      return EncodedTensor.exact(
          tensor.name(),
          tensor.shape(),
          new RfmEncoding.Q4Split(),
          RfmPayload.split(tensor.data()));
    }
    return EncodedTensor.exact(
        tensor.name(),
        tensor.shape(),
        new RfmEncoding.GgufPassthrough(tensor.type()),
        tensor.data());
  }

  /** Whether so many weights are whole groups of eight blocks. */
  static boolean splits(long weights) {
    return weights % GROUP == 0 && weights / GROUP * 160 <= Integer.MAX_VALUE - 8;
  }

  private static Tensor encoded(DenseSource source, QuantType type, float[] values) {
    long rows = (long) source.matrices() * source.rows();
    MemorySegment blocks =
        MemorySegment.ofArray(new byte[Math.toIntExact(rows * type.bytes(source.cols()))]);
    type.format().encode(values, 0, blocks, 0, values.length);
    return new Tensor(source.tensor().name(), type, rows, source.cols(), blocks);
  }

  private static LowRank factors(DenseSource source, int matrix, int rank, Factoring how) {
    return how.of(source.matrix(matrix), source.rows(), source.cols(), rank);
  }

  /** What the factors miss. */
  private static float[] residual(float[] weights, LowRank factors) {
    float[] row = new float[factors.cols()];
    for (int r = 0; r < factors.rows(); r++) {
      Arrays.fill(row, 0);
      factors.addRow(r, row, 0);
      for (int c = 0; c < row.length; c++) {
        weights[r * row.length + c] -= row[c];
      }
    }
    return weights;
  }

  /** Blocks of rotated rows; rows whose length is no power of two are not rotated. */
  public static EncodedTensor rotated(DenseSource source, QuantType type, RfmEncoding encoding) {
    float[] values = source.all().clone();
    boolean rotates = Hadamard.fits(source.cols());
    for (int at = 0; rotates && at < values.length; at += source.cols()) {
      Hadamard.rotate(values, at, source.cols());
    }
    Tensor blocks = encoded(source, type, values);
    return one(source, encoding, blocks.data(), stacked(source, blocks))
        .noted(
            rotates
                ? Optional.empty()
                : Optional.of("rows of " + source.cols() + " are not rotated"));
  }

  private static Matrix stacked(DenseSource source, Tensor blocks) {
    if (source.tensor().shape().size() < 3) {
      return CompressedMatrix.rotated(blocks);
    }
    List<CompressedMatrix> parts = new ArrayList<>();
    for (int i = 0; i < source.matrices(); i++) {
      parts.add(CompressedMatrix.rotated(blocks.slice((long) i * source.rows(), source.rows())));
    }
    return new MatrixStack(blocks.name(), parts);
  }

  private static EncodedTensor one(
      DenseSource source, RfmEncoding encoding, MemorySegment bytes, Matrix decoded) {
    GgufTensor tensor = source.tensor();
    return new EncodedTensor(
        List.of(new EncodedTensor.Part(tensor.name(), tensor.shape(), encoding, bytes)),
        Optional.of(decoded),
        Optional.empty());
  }

  /** Blocks of a type as a GGUF file has them. */
  static EncodedTensor blocks(DenseSource source, QuantType type) {
    Tensor blocks = encoded(source, type, source.all());
    return one(source, new RfmEncoding.GgufPassthrough(type), blocks.data(), blocks);
  }

  /** Factors and a residual in Q4_0. */
  static EncodedTensor svdQuant(DenseSource source, Factoring how, int rank) {
    LowRank factors = factors(source, 0, rank, how);
    Tensor blocks = encoded(source, QuantType.Q4_0, residual(source.matrix(0), factors));
    return withFactors(
        one(
            source,
            new RfmEncoding.Q4SvdQuant(factors.rank()),
            RfmPayload.split(blocks.data()),
            CompressedMatrix.residual(blocks, factors)),
        factors);
  }

  private static EncodedTensor withFactors(EncodedTensor encoded, LowRank factors) {
    String name = encoded.parts().getFirst().name();
    List<EncodedTensor.Part> parts = new ArrayList<>(encoded.parts());
    long rank = factors.rank();
    parts.add(
        new EncodedTensor.Part(
            name + ".svd_u",
            List.of(rank, (long) factors.rows()),
            new RfmEncoding.F32(),
            RfmPayload.floats(factors.u())));
    parts.add(
        new EncodedTensor.Part(
            name + ".svd_v",
            List.of((long) factors.cols(), rank),
            new RfmEncoding.F32(),
            RfmPayload.floats(factors.v())));
    return new EncodedTensor(parts, encoded.decoded(), encoded.note());
  }

  private static CompressedMatrix sum(
      DenseSource source,
      Optional<SparseMatrix> sparse,
      Optional<LowRank> lowRank,
      boolean rotated) {
    return new CompressedMatrix(
        source.tensor().name(),
        source.rows(),
        source.cols(),
        Optional.empty(),
        sparse,
        lowRank,
        rotated);
  }

  /** Factors and a sparse residual; empty where more than {@code share} of it would be stored. */
  static Optional<EncodedTensor> svdSparse(
      DenseSource source, Factoring how, int rank, double prune, double share) {
    LowRank factors = factors(source, 0, rank, how);
    SparseMatrix sparse =
        SparseMatrix.of(residual(source.matrix(0), factors), source.rows(), source.cols(), prune);
    if (sparse.nonZeros() >= share * source.rows() * source.cols()) {
      return Optional.empty();
    }
    return Optional.of(svdSparse(source, factors, sparse));
  }

  private static EncodedTensor svdSparse(DenseSource source, LowRank factors, SparseMatrix sparse) {
    return withFactors(
        one(
            source,
            new RfmEncoding.SvdSparseCsr(factors.rank(), RfmPayload.shape(sparse)),
            RfmPayload.sparse(sparse),
            sum(source, Optional.of(sparse), Optional.of(factors), false)),
        factors);
  }

  /** Factors and the largest of what they miss, at most {@code share} of all values. */
  static EncodedTensor svdSparse(DenseSource source, Factoring how, int rank, double share) {
    LowRank factors = factors(source, 0, rank, how);
    float[] rest = residual(source.matrix(0), factors);
    return svdSparse(
        source, factors, SparseMatrix.largest(rest, source.rows(), source.cols(), share));
  }

  /** The largest values as sparse rows, at most {@code share} of all. */
  static EncodedTensor sparse(DenseSource source, double share) {
    return sparse(source, SparseMatrix.largest(source.all(), source.rows(), source.cols(), share));
  }

  private static EncodedTensor sparse(DenseSource source, SparseMatrix sparse) {
    return one(
        source,
        new RfmEncoding.SparseCsr(RfmPayload.shape(sparse)),
        RfmPayload.sparse(sparse),
        sum(source, Optional.of(sparse), Optional.empty(), false));
  }

  /** Sparse rows; empty where {@code share} or more would be stored. */
  public static Optional<EncodedTensor> sparse(DenseSource source, double prune, double share) {
    SparseMatrix sparse = SparseMatrix.of(source.all(), source.rows(), source.cols(), prune);
    if (sparse.nonZeros() >= share * source.all().length) {
      return Optional.empty();
    }
    return Optional.of(sparse(source, sparse));
  }

  /** A product of two sites, for each matrix of a stack. */
  static EncodedTensor mpo(DenseSource source, Factoring how, int chi) {
    List<LowRank> factors = new ArrayList<>();
    List<CompressedMatrix> parts = new ArrayList<>();
    for (int i = 0; i < source.matrices(); i++) {
      LowRank part = factors(source, i, chi, how);
      factors.add(part);
      parts.add(sum(source, Optional.empty(), Optional.of(part), false));
    }
    LowRank first = factors.getFirst();
    long rank = first.rank();
    if (source.tensor().shape().size() == 3) {
      return one(
          source,
          new RfmEncoding.MoeExpertMpo(
              source.matrices(), 2, rank, source.rows(), source.cols(), RfmEncoding.ValueType.F32),
          RfmPayload.mpoExperts(factors),
          new MatrixStack(source.tensor().name(), parts));
    }
    List<Long> dims =
        List.of(1L, (long) source.rows(), rank, 1L, rank, (long) source.cols(), 1L, 1L);
    return new EncodedTensor(
        List.of(
            new EncodedTensor.Part(
                source.tensor().name(),
                dims,
                new RfmEncoding.Mpo(2, rank, RfmEncoding.ValueType.F32),
                RfmPayload.floats(first.u(), first.v()))),
        Optional.of(parts.getFirst()),
        Optional.empty());
  }

  /** Factors and a sparse residual for each expert; empty where it is denser than {@code share}. */
  public static Optional<EncodedTensor> experts(
      DenseSource source, Factoring how, int rank, boolean rotate, double prune, double share) {
    boolean rotated = rotate && Hadamard.fits(source.cols());
    List<CompressedMatrix> parts = new ArrayList<>();
    long stored = 0;
    for (int i = 0; i < source.matrices(); i++) {
      float[] weights = source.matrix(i);
      for (int at = 0; rotated && at < weights.length; at += source.cols()) {
        Hadamard.rotate(weights, at, source.cols());
      }
      LowRank factors = how.unweighted().of(weights, source.rows(), source.cols(), rank);
      SparseMatrix sparse =
          SparseMatrix.of(residual(weights, factors), source.rows(), source.cols(), prune);
      stored += sparse.nonZeros();
      parts.add(sum(source, Optional.of(sparse), Optional.of(factors), rotated));
    }
    if (stored > share * source.all().length) {
      return Optional.empty();
    }
    var csr =
        new RfmEncoding.Csr(source.rows(), source.cols(), stored, 32, RfmEncoding.ValueType.F32);
    long k = parts.getFirst().lowRank().orElseThrow().rank();
    return Optional.of(
        one(
            source,
            new RfmEncoding.MoeExpertSvdSparse(rotated, source.matrices(), k, csr),
            RfmPayload.experts(parts),
            new MatrixStack(source.tensor().name(), parts)));
  }
}
