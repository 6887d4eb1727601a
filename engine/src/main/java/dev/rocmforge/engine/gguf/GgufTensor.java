package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * A tensor where it lies in the mapped file.
 *
 * @param name unique in the model
 * @param type storage format; the first dimension is a whole number of its blocks
 * @param shape one to four dimensions, the contiguous one first
 * @param data exactly the tensor's bytes, read-only; ends with the file that it belongs to
 * @param file the shard that holds it
 * @param offset of {@code data} from the beginning of {@code file}, in bytes
 */
public record GgufTensor(
    String name, QuantType type, List<Long> shape, MemorySegment data, Path file, long offset) {
  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Number of weights. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Weights of one row: the first dimension. */
  public long cols() {
    return shape.getFirst();
  }

  /** Rows over all other dimensions. */
  public long rows() {
    return elements() / cols();
  }
}
