package dev.rocmforge.engine.inspect;

import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.quant.QuantType;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a model file holds. Independent of the file once made.
 *
 * @param files one, or the shards in order
 * @param version GGUF version
 * @param metadata in the order of the file
 * @param tensors in the order of the files
 * @param types one row for each type that occurs, in the order of {@link QuantType}
 * @param parameters weights in all tensors
 * @param weightBytes bytes of all tensors, without padding
 */
public record ModelSummary(
    List<Path> files,
    int version,
    List<Pair> metadata,
    List<TensorRow> tensors,
    List<TypeRow> types,
    long parameters,
    long weightBytes) {

  /**
   * One metadata pair.
   *
   * @param type GGUF's word, for an array with its length: {@code STRING[151936]}
   * @param text the value; of a long array the first elements
   */
  public record Pair(String key, String type, String text) {}

  /**
   * One tensor.
   *
   * @param shape the contiguous dimension first
   * @param file the shard that holds it
   * @param offset from the beginning of {@code file}, in bytes
   */
  public record TensorRow(
      String name, QuantType type, List<Long> shape, long bytes, Path file, long offset) {}

  /** All tensors of one type. */
  public record TypeRow(QuantType type, int tensors, long parameters, long bytes) {
    private TypeRow plus(TypeRow other) {
      return new TypeRow(
          type, tensors + other.tensors, parameters + other.parameters, bytes + other.bytes);
    }
  }

  /** Reads the table and the metadata, no weights. */
  public static ModelSummary of(GgufFile file) {
    Map<QuantType, TypeRow> types = new EnumMap<>(QuantType.class);
    for (GgufTensor tensor : file.tensors()) {
      TypeRow row = new TypeRow(tensor.type(), 1, tensor.elements(), tensor.data().byteSize());
      types.merge(tensor.type(), row, TypeRow::plus);
    }
    return new ModelSummary(
        file.files(),
        file.version(),
        file.metadata().values().entrySet().stream()
            .map(pair -> pair(pair.getKey(), pair.getValue()))
            .toList(),
        file.tensors().stream().map(ModelSummary::row).toList(),
        List.copyOf(types.values()),
        types.values().stream().mapToLong(TypeRow::parameters).sum(),
        types.values().stream().mapToLong(TypeRow::bytes).sum());
  }

  private static Pair pair(String key, GgufValue value) {
    String type =
        value instanceof GgufValue.Sequence sequence
            ? sequence.elementType() + "[" + sequence.size() + "]"
            : value.type().toString();
    return new Pair(key, type, value.toString());
  }

  private static TensorRow row(GgufTensor tensor) {
    return new TensorRow(
        tensor.name(),
        tensor.type(),
        tensor.shape(),
        tensor.data().byteSize(),
        tensor.file(),
        tensor.offset());
  }
}
