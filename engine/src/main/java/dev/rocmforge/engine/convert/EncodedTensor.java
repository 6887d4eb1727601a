package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.rfm.RfmEncoding;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A tensor as it is going to be stored.
 *
 * @param parts rows of the table, the tensor itself first
 * @param decoded what readers will see; empty where nothing is lost
 * @param note why it did not get what was asked for
 */
public record EncodedTensor(List<Part> parts, Optional<Matrix> decoded, Optional<String> note) {
  public EncodedTensor {
    parts = List.copyOf(parts);
  }

  /** One row of the table with its payload. */
  public record Part(String name, List<Long> dims, RfmEncoding encoding, MemorySegment bytes) {
    public Part {
      dims = List.copyOf(dims);
    }
  }

  public static EncodedTensor exact(
      String name, List<Long> dims, RfmEncoding encoding, MemorySegment bytes) {
    return new EncodedTensor(
        List.of(new Part(name, dims, encoding, bytes)), Optional.empty(), Optional.empty());
  }

  EncodedTensor noted(Optional<String> text) {
    return new EncodedTensor(parts, decoded, text);
  }

  /** Bytes of all parts. */
  public long bytes() {
    return parts.stream().mapToLong(part -> part.bytes().byteSize()).sum();
  }
}
