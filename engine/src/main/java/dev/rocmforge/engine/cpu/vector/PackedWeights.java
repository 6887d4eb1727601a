package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The matrices of a session in panels, each copied when it is first multiplied by a single row or a
 * few. Copies lie outside of the Java heap, but no more of them than the heap may grow to; what is
 * beyond that is multiplied row by row, as it lies in the file.
 */
final class PackedWeights implements AutoCloseable {
  /** Lines of a processor's cache begin at multiples of it. */
  private static final long ALIGNMENT = 64;

  private static final String OUTPUT = "output.weight";

  /** Multiplied only where there is no output matrix. */
  private static final String EMBEDDINGS = "token_embd.weight";

  private static final Map<QuantType, PanelFormat> FORMATS = new EnumMap<>(QuantType.class);

  static {
    for (QuantType type : QuantType.values()) {
      PanelFormat.of(type).ifPresent(format -> FORMATS.put(type, format));
    }
  }

  private final WorkerPool pool;
  private final long most;
  private final Arena arena = Arena.ofShared();
  private final IdentityHashMap<Tensor, PackedMatrix> matrices = new IdentityHashMap<>();
  private long bytes;

  /**
   * @param most bytes of all copies
   */
  PackedWeights(WorkerPool pool, long most) {
    this.pool = pool;
    this.most = most;
  }

  /**
   * Bytes by which the copies of a model's matrices pass the limit. A matrix is copied whole or not
   * at all, so that a little more stays where it is.
   *
   * @param most bytes of all copies
   */
  static long beyond(ModelFile file, long most) {
    long needed = 0;
    boolean tied = file.tensor(OUTPUT).isEmpty();
    for (GgufTensor tensor : file.tensors()) {
      PanelFormat format = FORMATS.get(tensor.type());
      List<Long> shape = tensor.shape();
      if (format != null && shape.size() == 2 && (tied || !tensor.name().equals(EMBEDDINGS))) {
        int rows = Math.toIntExact(shape.get(1));
        needed += new PanelLayout(format, rows, Math.toIntExact(shape.get(0))).bytes();
      }
    }
    return Math.max(0, needed - most);
  }

  /** Copies those of the products that are not yet and can be. */
  void add(Product[] products) {
    for (Product product : products) {
      Tensor weight = product.weight();
      PanelFormat format = FORMATS.get(weight.type());
      if (format != null && !matrices.containsKey(weight)) {
        matrices.put(weight, copy(weight, new PanelLayout(format, product.rows(), product.cols())));
      }
    }
  }

  /** Null where there is no room. */
  private PackedMatrix copy(Tensor weight, PanelLayout layout) {
    if (layout.bytes() > most - bytes) {
      return null;
    }
    bytes += layout.bytes();
    MemorySegment panels = arena.allocate(layout.bytes(), ALIGNMENT);
    PackedMatrix matrix = new PackedMatrix(layout, weight.cols(), panels, pool.threads());
    pool.run((panel, _) -> matrix.pack(weight, panel), layout.panels());
    return matrix;
  }

  /** The copy of a matrix, or null where there is none. */
  PackedMatrix get(Tensor weight) {
    return matrices.get(weight);
  }

  @Override
  public void close() {
    arena.close();
  }
}
