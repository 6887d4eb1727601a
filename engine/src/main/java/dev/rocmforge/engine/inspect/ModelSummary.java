package dev.rocmforge.engine.inspect;

import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.quant.QuantType;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model file holds. Independent of the file once made.
 *
 * @param files one, or the shards in order
 * @param container GGUF or RFM
 * @param version of the container
 * @param metadata in the order of the file
 * @param tensors in the order of the files
 * @param types one row for each type that occurs, in the order of {@link QuantType}, others by name
 * @param parameters weights in all tensors
 * @param weightBytes bytes of all tensors, without padding
 */
public record ModelSummary(
    List<Path> files,
    String container,
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
   * @param type a {@link QuantType}, or an encoding of {@code .rfm}
   * @param shape the contiguous dimension first
   * @param file the shard that holds it
   * @param offset from the beginning of {@code file}, in bytes
   */
  public record TensorRow(
      String name, String type, List<Long> shape, long bytes, Path file, long offset) {}

  /** All tensors of one type. */
  public record TypeRow(String type, int tensors, long parameters, long bytes) {
    private TypeRow plus(TypeRow other) {
      return new TypeRow(
          type, tensors + other.tensors, parameters + other.parameters, bytes + other.bytes);
    }
  }

  /** Reads the table and the metadata, no weights. */
  public static ModelSummary of(ModelFile file) {
    Map<String, TypeRow> types =
        new TreeMap<>(
            Comparator.comparingInt(ModelSummary::rank).thenComparing(Comparator.naturalOrder()));
    for (ModelFile.Entry entry : file.entries()) {
      TypeRow row = new TypeRow(entry.encoding(), 1, entry.elements(), entry.bytes());
      types.merge(entry.encoding(), row, TypeRow::plus);
    }
    return new ModelSummary(
        file.files(),
        file.container(),
        file.version(),
        file.metadata().values().entrySet().stream()
            .map(pair -> pair(pair.getKey(), pair.getValue()))
            .toList(),
        file.entries().stream().map(ModelSummary::row).toList(),
        List.copyOf(types.values()),
        types.values().stream().mapToLong(TypeRow::parameters).sum(),
        types.values().stream().mapToLong(TypeRow::bytes).sum());
  }

  /** Place in {@link QuantType}; after it for other words. */
  private static int rank(String type) {
    QuantType[] all = QuantType.values();
    int rank = 0;
    while (rank < all.length && !all[rank].name().equals(type)) {
      rank++;
    }
    return rank;
  }

  private static Pair pair(String key, GgufValue value) {
    String type =
        value instanceof GgufValue.Sequence sequence
            ? sequence.elementType() + "[" + sequence.size() + "]"
            : value.type().toString();
    return new Pair(key, type, value.toString());
  }

  private static TensorRow row(ModelFile.Entry entry) {
    return new TensorRow(
        entry.name(), entry.encoding(), entry.shape(), entry.bytes(), entry.file(), entry.offset());
  }
}
