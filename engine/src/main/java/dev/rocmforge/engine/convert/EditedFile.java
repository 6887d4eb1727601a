package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model file with some tensors in other forms, held in memory: what a conversion does to a model
 * can be measured without writing one. Borrows the original, which must stay open; owns the edits.
 */
public final class EditedFile implements ModelFile {
  private static final long ALIGNMENT = 64;

  private final ModelFile original;
  private final Map<String, EncodedTensor> edits;
  private final Map<String, Matrix> matrices = new HashMap<>();
  private final Arena arena;

  /**
   * Copies edited blocks out of the heap, like those of a mapped file: loops that see both kinds
   * are slower.
   *
   * @param edits by name of the tensor; each loses something
   */
  @SuppressWarnings("MustBeClosedChecker") // the file owns the arena and closes it
  public EditedFile(ModelFile original, Map<String, EncodedTensor> edits) {
    this.original = original;
    this.edits = Map.copyOf(edits);
    arena = Arena.ofShared();
    edits.forEach((name, edit) -> matrices.put(name, placed(edit.decoded().orElseThrow())));
  }

  private Matrix placed(Matrix matrix) {
    if (!(matrix instanceof Tensor blocks)) {
      return matrix;
    }
    MemorySegment data =
        arena.allocate(blocks.data().byteSize(), ALIGNMENT).copyFrom(blocks.data());
    return new Tensor(
        blocks.name(), blocks.type(), blocks.rows(), blocks.cols(), data.asReadOnly());
  }

  private Optional<Matrix> edited(String name) {
    return Optional.ofNullable(matrices.get(name));
  }

  @Override
  public Path path() {
    return original.path();
  }

  @Override
  public List<Path> files() {
    return original.files();
  }

  @Override
  public String container() {
    return original.container();
  }

  @Override
  public int version() {
    return original.version();
  }

  @Override
  public GgufMetadata metadata() {
    return original.metadata();
  }

  @Override
  public List<GgufTensor> tensors() {
    return original.tensors().stream().flatMap(tensor -> blocks(tensor).stream()).toList();
  }

  @Override
  public Optional<GgufTensor> tensor(String name) {
    return original.tensor(name).flatMap(this::blocks);
  }

  /** The tensor where it still is blocks of a type. */
  private Optional<GgufTensor> blocks(GgufTensor tensor) {
    Optional<Matrix> edited = edited(tensor.name());
    if (edited.isEmpty()) {
      return Optional.of(tensor);
    }
    return edited.get() instanceof Tensor blocks
        ? Optional.of(
            new GgufTensor(
                tensor.name(), blocks.type(), tensor.shape(), blocks.data(), tensor.file(), 0))
        : Optional.empty();
  }

  @Override
  public Optional<Matrix> compressed(String name) {
    return edited(name)
        .filter(matrix -> !(matrix instanceof Tensor))
        .or(() -> original.compressed(name));
  }

  /** As the original stores them, edited ones with their encoding and bytes. */
  @Override
  public List<Entry> entries() {
    return original.entries().stream()
        .map(
            entry -> {
              EncodedTensor edit = edits.get(entry.name());
              return edit == null
                  ? entry
                  : new Entry(
                      entry.name(),
                      edit.parts().getFirst().encoding().text(),
                      entry.shape(),
                      edit.bytes(),
                      entry.file(),
                      entry.offset());
            })
        .toList();
  }

  /** The original stays open. */
  @Override
  public void close() {
    arena.close();
  }
}
