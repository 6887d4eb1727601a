package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.quant.QuantType;
import java.util.List;

/**
 * A tensor that is going to be written.
 *
 * @param name unique in the file
 * @param type storage format; the first dimension must be a whole number of its blocks
 * @param shape one to four dimensions, the contiguous one first
 */
public record GgufDeclaration(String name, QuantType type, List<Long> shape) {
  public GgufDeclaration {
    shape = List.copyOf(shape);
    assert !shape.isEmpty() && shape.size() <= GgufShard.MOST_DIMS : name + ": " + shape;
    assert shape.getFirst() % type.blockSize() == 0 : name + ": " + type + " " + shape;
  }

  /** What {@code tensor} is, under the same name. */
  public static GgufDeclaration of(GgufTensor tensor) {
    return new GgufDeclaration(tensor.name(), tensor.type(), tensor.shape());
  }

  /** Number of weights. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Bytes of the data. */
  public long bytes() {
    return type.bytes(elements());
  }
}
