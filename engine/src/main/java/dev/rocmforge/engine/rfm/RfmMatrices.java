package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.compress.Hadamard;
import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.MatrixStack;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Decodes the payloads that are no blocks of a type. */
final class RfmMatrices {
  private static final long ALIGNMENT = 64;

  private final List<RfmEntry> entries;
  private final Function<RfmEntry, MemorySegment> payload;
  private final Arena arena;

  RfmMatrices(List<RfmEntry> entries, Function<RfmEntry, MemorySegment> payload, Arena arena) {
    this.entries = entries;
    this.payload = payload;
    this.arena = arena;
  }

  /**
   * @param place of the entry, for messages
   * @throws InputException if an index, rank, scale or value is not what it may be
   */
  Matrix matrix(String place, RfmEntry entry) {
    return switch (entry.encoding()) {
      case RfmEncoding.Q4SvdQuant(long k) -> svdQuant(place, entry, k);
      case RfmEncoding.SvdSparseCsr(long k, RfmEncoding.Csr csr) -> {
        LowRank lowRank = companions(place, entry, k);
        yield sum(entry, Optional.of(sparse(place, entry, csr)), Optional.of(lowRank), false);
      }
      case RfmEncoding.SparseCsr(RfmEncoding.Csr csr) ->
          sum(entry, Optional.of(sparse(place, entry, csr)), Optional.empty(), false);
      case RfmEncoding.Mpo mpo -> mpo(place, entry, mpo);
      case RfmEncoding.MoeExpertSvdSparse experts -> svdExperts(place, entry, experts);
      case RfmEncoding.MoeExpertMpo experts -> mpoExperts(place, entry, experts);
      case RfmEncoding.Mq4 _ -> rotated(place, entry, QuantType.Q4_0, 0);
      case RfmEncoding.Mq6 _ -> rotated(place, entry, QuantType.Q6_K, 208);
      case RfmEncoding.F32 _,
          RfmEncoding.GgufPassthrough _,
          RfmEncoding.Q4Split _,
          RfmEncoding.Q4FusedGateUp _ ->
          throw new AssertionError(entry + " is blocks of a type");
    };
  }

  private static int size(String place, long dim) {
    if (dim > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "%s: dims: at most %d needed, %d found".formatted(place, Integer.MAX_VALUE - 8, dim));
    }
    return (int) dim;
  }

  private static CompressedMatrix sum(
      RfmEntry entry, Optional<SparseMatrix> sparse, Optional<LowRank> lowRank, boolean rotated) {
    int rows = sparse.map(SparseMatrix::rows).orElseGet(() -> lowRank.orElseThrow().rows());
    int cols = sparse.map(SparseMatrix::cols).orElseGet(() -> lowRank.orElseThrow().cols());
    return new CompressedMatrix(
        entry.name(), rows, cols, Optional.empty(), sparse, lowRank, rotated);
  }

  private CompressedMatrix svdQuant(String place, RfmEntry entry, long k) {
    if (entry.dims().size() != 2) {
      throw new InputException(place + ": two dims needed, " + entry.dims() + " found");
    }
    LowRank lowRank = companions(place, entry, k);
    long n = entry.size() / 20;
    MemorySegment blocks = arena.allocate(QuantType.Q4_0.bytes(32 * n), ALIGNMENT);
    Q4Split.join(place, payload.apply(entry), n, blocks);
    var residual =
        new Tensor(
            entry.name(), QuantType.Q4_0, lowRank.rows(), lowRank.cols(), blocks.asReadOnly());
    return CompressedMatrix.residual(residual, lowRank);
  }

  private LowRank companions(String place, RfmEntry entry, long rank) {
    int rows = size(place, entry.dims().get(1));
    int cols = size(place, entry.dims().get(0));
    if (rank > Math.min(rows, cols)) {
      throw new InputException(
          "%s: k: 1 to %d needed, %d found".formatted(place, Math.min(rows, cols), rank));
    }
    float[] u = companion(place, entry.name() + ".svd_u", List.of(rank, (long) rows));
    float[] v = companion(place, entry.name() + ".svd_v", List.of((long) cols, rank));
    return new LowRank(place, rows, cols, (int) rank, u, v);
  }

  private float[] companion(String place, String name, List<Long> dims) {
    RfmEntry found =
        entries.stream()
            .filter(entry -> entry.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new InputException(place + ": " + name + " needed, not there"));
    if (!(found.encoding() instanceof RfmEncoding.F32) || !found.dims().equals(dims)) {
      throw new InputException(
          "%s: F32 %s needed as %s, %s %s found"
              .formatted(place, dims, name, found.encoding().text(), found.dims()));
    }
    return new PayloadReader(place, payload.apply(found))
        .values(dims.get(0) * dims.get(1), RfmEncoding.ValueType.F32);
  }

  private SparseMatrix sparse(String place, RfmEntry entry, RfmEncoding.Csr csr) {
    var reader = new PayloadReader(place, payload.apply(entry));
    int[] starts = reader.indices(csr.rows() + 1, csr.indexBits());
    int[] columns = reader.indices(csr.nonZeros(), csr.indexBits());
    float[] values = reader.values(csr.nonZeros(), csr.valueType());
    return new SparseMatrix(place, (int) csr.cols(), starts, columns, values);
  }

  private CompressedMatrix mpo(String place, RfmEntry entry, RfmEncoding.Mpo mpo) {
    if (mpo.sites() != 2) {
      throw new InputException("%s: n_sites: 2 needed, %d found".formatted(place, mpo.sites()));
    }
    long rows = entry.dims().get(1);
    long cols = entry.dims().get(5);
    long chi = entry.dims().get(2);
    List<Long> needed = List.of(1L, rows, chi, 1L, chi, cols, 1L, 1L);
    if (!entry.dims().equals(needed) || chi > mpo.chiMax()) {
      throw new InputException(
          "%s: dims: %s of a rank up to %d needed, %s found"
              .formatted(place, needed, mpo.chiMax(), entry.dims()));
    }
    var reader = new PayloadReader(place, payload.apply(entry));
    return sum(
        entry,
        Optional.empty(),
        Optional.of(lowRank(place, reader, rows, cols, chi, mpo.valueType())),
        false);
  }

  private static LowRank lowRank(
      String place,
      PayloadReader reader,
      long rows,
      long cols,
      long rank,
      RfmEncoding.ValueType type) {
    float[] u = reader.values(rows * rank, type);
    float[] v = reader.values(rank * cols, type);
    return new LowRank(place, size(place, rows), size(place, cols), size(place, rank), u, v);
  }

  private MatrixStack mpoExperts(String place, RfmEntry entry, RfmEncoding.MoeExpertMpo e) {
    var reader = new PayloadReader(place, payload.apply(entry));
    List<Long> dims = new ArrayList<>();
    for (int dim : reader.indices(8, 32)) {
      dims.add((long) dim);
    }
    List<Long> needed = List.of(1L, e.rows(), e.chiMax(), 1L, e.chiMax(), e.cols(), 1L, 1L);
    if (e.sites() != 2 || !dims.equals(needed)) {
      throw new InputException(
          "%s: 2 sites of %s needed, %d of %s found".formatted(place, needed, e.sites(), dims));
    }
    List<CompressedMatrix> parts = new ArrayList<>();
    for (int expert = 0; expert < e.experts(); expert++) {
      LowRank part =
          lowRank(
              place + ": expert " + expert, reader, e.rows(), e.cols(), e.chiMax(), e.valueType());
      parts.add(sum(entry, Optional.empty(), Optional.of(part), false));
    }
    return new MatrixStack(entry.name(), parts);
  }

  private MatrixStack svdExperts(String place, RfmEntry entry, RfmEncoding.MoeExpertSvdSparse e) {
    int rows = size(place, e.csr().rows());
    int cols = size(place, e.csr().cols());
    if (e.rotated() && !Hadamard.fits(cols)) {
      throw new InputException(place + ": cols: a power of two needed, " + cols + " found");
    }
    var parts = new ExpertPayload(place, payload.apply(entry), e);
    List<CompressedMatrix> matrices = new ArrayList<>();
    for (int expert = 0; expert < e.experts(); expert++) {
      String at = place + ": expert " + expert;
      var lowRank = new LowRank(at, rows, cols, size(at, e.k()), parts.u(expert), parts.v(expert));
      SparseMatrix sparse = parts.sparse(at, expert);
      matrices.add(sum(entry, Optional.of(sparse), Optional.of(lowRank), e.rotated()));
    }
    return new MatrixStack(entry.name(), matrices);
  }

  /**
   * @param scaleAt where a block has its f16 scale
   */
  private Matrix rotated(String place, RfmEntry entry, QuantType type, int scaleAt) {
    MemorySegment data = payload.apply(entry);
    for (long block = 0; block < data.byteSize() / type.blockBytes(); block++) {
      float scale =
          Float.float16ToFloat(
              data.get(ValueLayout.JAVA_SHORT_UNALIGNED, block * type.blockBytes() + scaleAt));
      if (!Float.isFinite(scale)) {
        throw new InputException(
            "%s: scale of block %d: a finite number needed, %s found"
                .formatted(place, block, scale));
      }
    }
    List<Long> dims = entry.dims();
    int cols = size(place, dims.getFirst());
    long rows = dims.subList(1, dims.size()).stream().reduce(1L, Math::multiplyExact);
    var all = new Tensor(entry.name(), type, rows, cols, data);
    if (dims.size() < 3) {
      return CompressedMatrix.rotated(all);
    }
    List<CompressedMatrix> parts = new ArrayList<>();
    for (long first = 0; first < rows; first += dims.get(1)) {
      parts.add(CompressedMatrix.rotated(all.slice(first, dims.get(1))));
    }
    return new MatrixStack(entry.name(), parts);
  }
}
