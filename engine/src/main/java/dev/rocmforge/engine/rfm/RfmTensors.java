package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the table's rows are to the engine: tensors in blocks of a type, and other matrices. */
final class RfmTensors {
  private static final long ALIGNMENT = 64;

  private final Path path;
  private final RfmMetadata metadata;
  private final Function<RfmEntry, MemorySegment> payload;
  private final long payloadStart;
  private final Arena arena;
  private final RfmMatrices decoder;
  private final Map<String, GgufTensor> plain = new LinkedHashMap<>();
  private final Map<String, Matrix> compressed = new LinkedHashMap<>();

  /**
   * @param payload the bytes of a row
   * @param payloadStart where offsets count from
   * @param arena owns what is relaid
   */
  RfmTensors(
      Path path,
      RfmMetadata metadata,
      List<RfmEntry> entries,
      Function<RfmEntry, MemorySegment> payload,
      long payloadStart,
      Arena arena) {
    this.path = path;
    this.metadata = metadata;
    this.payload = payload;
    this.payloadStart = payloadStart;
    this.arena = arena;
    this.decoder = new RfmMatrices(entries, payload, arena);
    entries.forEach(this::read);
  }

  List<GgufTensor> plain() {
    return Collections.unmodifiableList(new ArrayList<>(plain.values()));
  }

  Optional<GgufTensor> plain(String name) {
    return Optional.ofNullable(plain.get(name));
  }

  Optional<Matrix> compressed(String name) {
    return Optional.ofNullable(compressed.get(name));
  }

  private void read(RfmEntry entry) {
    switch (entry.encoding()) {
      case RfmEncoding.F32 _ -> add(entry, entry.name(), QuantType.F32, payload.apply(entry));
      case RfmEncoding.GgufPassthrough(QuantType type) ->
          add(entry, entry.name(), type, payload.apply(entry));
      case RfmEncoding.Q4Split _ -> add(entry, entry.name(), QuantType.Q4_0, joined(entry));
      case RfmEncoding.Q4FusedGateUp _ -> unfuse(entry);
      default -> {
        refuseMisread(entry);
        compressed.put(entry.name(), decoder.matrix(place(entry), entry));
      }
    }
  }

  /** Encodings that files without a statement of their layout have in another sense. */
  private void refuseMisread(RfmEntry entry) {
    if (metadata.stated()) {
      return;
    }
    String reason =
        switch (entry.encoding()) {
          case RfmEncoding.Mq4 _, RfmEncoding.Q4SvdQuant _ ->
              "nibbles of such files are elements (2i, 2i+1) where (i, i+16) is needed";
          case RfmEncoding.SparseCsr _, RfmEncoding.Mpo _ ->
              "rows and columns of such files are swapped";
          default -> "";
        };
    if (!reason.isEmpty()) {
      throw new InputException(
          "%s: %s: metadata layout needed, none found: %s; convert the source again"
              .formatted(place(entry), entry.encoding().kind(), reason));
    }
  }

  private void add(RfmEntry entry, String name, QuantType type, MemorySegment data) {
    if (plain.containsKey(name)) {
      throw new InputException(
          "%s: tensor %s: one of the name needed, %s has it too"
              .formatted(path, name, entry.name()));
    }
    plain.put(
        name,
        new GgufTensor(
            name, type, entry.dims(), data.asReadOnly(), path, payloadStart + entry.offset()));
  }

  private String place(RfmEntry entry) {
    return "%s: tensor %s at 0x%x".formatted(path, entry.name(), payloadStart + entry.offset());
  }

  private MemorySegment joined(RfmEntry entry) {
    long n = entry.size() / 20;
    MemorySegment blocks = arena.allocate(QuantType.Q4_0.bytes(32 * n), ALIGNMENT);
    Q4Split.join(place(entry), payload.apply(entry), n, blocks);
    return blocks;
  }

  private void unfuse(RfmEntry entry) {
    String name = entry.name();
    if (!name.endsWith("ffn_gate_up.weight")) {
      throw new InputException(
          place(entry) + ": a name that ends in ffn_gate_up.weight needed by Q4FusedGateUp");
    }
    String prefix = name.substring(0, name.length() - "gate_up.weight".length());
    long n = entry.size() / 40;
    MemorySegment gate = arena.allocate(QuantType.Q4_0.bytes(32 * n), ALIGNMENT);
    MemorySegment up = arena.allocate(QuantType.Q4_0.bytes(32 * n), ALIGNMENT);
    Q4Split.unfuse(place(entry), payload.apply(entry), n, gate, up);
    add(entry, prefix + "gate.weight", QuantType.Q4_0, gate);
    add(entry, prefix + "up.weight", QuantType.Q4_0, up);
  }
}
