package dev.rocmforge.engine;

import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.rfm.RfmFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model file whatever its container: metadata under GGUF's keys, tensors in blocks of a {@link
 * dev.rocmforge.engine.quant.QuantType}. Immutable, safe for several threads; whoever opens closes,
 * and tensors end with it.
 */
public interface ModelFile extends AutoCloseable {
  /**
   * A tensor as the file stores it.
   *
   * @param encoding the container's word: a quantization type, or an encoding of {@code .rfm}
   * @param shape the contiguous dimension first
   * @param offset from the beginning of {@code file}, in bytes
   */
  record Entry(String name, String encoding, List<Long> shape, long bytes, Path file, long offset) {
    public Entry {
      shape = List.copyOf(shape);
    }

    /** Number of weights. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  /**
   * Opens a file by its first four bytes, whatever its name.
   *
   * @throws InputException if there is no such file, it cannot be read, or it is not sound
   */
  static ModelFile open(Path path) {
    return RfmFile.isRfm(path) ? RfmFile.open(path) : GgufFile.open(path);
  }

  /** The path that was opened. */
  Path path();

  /** All files of the model, in order; one unless it is split. */
  List<Path> files();

  /** {@code GGUF} or {@code RFM}. */
  String container();

  /** Version of the container. */
  int version();

  /** The metadata, named as in GGUF. */
  GgufMetadata metadata();

  /** All tensors that are blocks of a type, in the order of the files. */
  List<GgufTensor> tensors();

  Optional<GgufTensor> tensor(String name);

  /** A matrix, or stack of matrices, that is stored in another form than blocks. */
  default Optional<Matrix> compressed(String name) {
    return Optional.empty();
  }

  /**
   * The KV cache that the file asks for, if it does.
   *
   * @throws InputException if it asks for one that there is not
   */
  default Optional<KvStorage> kvStorage() {
    return Optional.empty();
  }

  /**
   * Projections that keys and values are to be kept through, if the file has them.
   *
   * @throws InputException if they are not whole
   */
  default Optional<KvLatent> kvLatent() {
    return Optional.empty();
  }

  /** Whether the file asks for attention scores over {@code 0.1 norm(q) + 0.9}. */
  default boolean adaState() {
    return false;
  }

  /** Everything that the file stores, in its order. */
  List<Entry> entries();

  @Override
  void close();
}
