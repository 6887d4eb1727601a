package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A {@code .rfm} model, mapped. Plain tensors stay where they lie; relaid ones (Q4Split and the
 * like) are put back into blocks in memory of their own when the file is opened. Immutable, safe
 * for several threads; whoever opens closes.
 */
public final class RfmFile implements ModelFile {
  private static final int PIECE = 8 << 20;
  private static final String KV_BITS = "kv_quant_bits";
  private static final String ADA_STATE = "adastate_anchors_enabled";

  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private final RfmHeader header;
  private final RfmMetadata metadata;
  private final List<RfmEntry> entries;
  private final RfmTensors tensors;

  private RfmFile(Path path, Arena arena) {
    this.path = path;
    this.arena = arena;
    bytes = GgufFile.map(path, arena);
    header = RfmHeader.parse(path, bytes);
    metadata = RfmMetadataReader.read(path, part(RfmHeader.BYTES, header.metadataBytes()));
    entries =
        RfmTable.parse(
            path,
            part(header.tableStart(), header.tableBytes()),
            bytes.byteSize() - header.payloadStart());
    tensors = new RfmTensors(path, metadata, entries, this::payload, header.payloadStart(), arena);
  }

  /** Whether a file begins with the container's magic; false where it cannot be read. */
  public static boolean isRfm(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(4);
      return channel.read(start, 0) == 4
          && MemorySegment.ofArray(start.array()).get(RfmHeader.INT, 0) == RfmHeader.MAGIC;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Maps a model and reads header, metadata and table; scales, indices and ranks are checked.
   *
   * @throws InputException if there is no such file, it cannot be read, or it is not sound
   */
  @SuppressWarnings("MustBeClosedChecker") // the RfmFile owns the arena and closes it
  public static RfmFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return new RfmFile(path, arena);
    } catch (RuntimeException | Error failure) {
      arena.close();
      throw failure;
    }
  }

  private byte[] part(long from, long size) {
    return bytes.asSlice(from, size).toArray(ValueLayout.JAVA_BYTE);
  }

  private MemorySegment payload(RfmEntry entry) {
    return bytes.asSlice(header.payloadStart() + entry.offset(), entry.size());
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public List<Path> files() {
    return List.of(path);
  }

  @Override
  public String container() {
    return "RFM";
  }

  @Override
  public int version() {
    return RfmHeader.VERSION;
  }

  @Override
  public GgufMetadata metadata() {
    return metadata.gguf();
  }

  @Override
  public Optional<KvStorage> kvStorage() {
    JsonNode bits = metadata.fields().path(KV_BITS);
    if (bits.isMissingNode() || bits.isNull()) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(KvType.values())
            .filter(type -> type.turned() && bits.isInt() && type.bits() == bits.intValue())
            .map(KvStorage::of)
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s: metadata: %s: 2, 3 or 4 needed, %s found; --kv-type takes another cache"
                            .formatted(path, KV_BITS, bits))));
  }

  @Override
  public Optional<KvLatent> kvLatent() {
    return LatentTensors.read(path, this::tensor);
  }

  @Override
  public boolean adaState() {
    return metadata.fields().path(ADA_STATE).asBoolean(false);
  }

  /** All metadata, the keys that this version does not know included. */
  public RfmMetadata rfmMetadata() {
    return metadata;
  }

  @Override
  public List<GgufTensor> tensors() {
    return tensors.plain();
  }

  @Override
  public Optional<GgufTensor> tensor(String name) {
    return tensors.plain(name);
  }

  @Override
  public List<Entry> entries() {
    return entries.stream()
        .map(
            entry ->
                new Entry(
                    entry.name(),
                    entry.encoding().text(),
                    entry.shape(),
                    entry.size(),
                    path,
                    header.payloadStart() + entry.offset()))
        .toList();
  }

  @Override
  public Optional<Matrix> compressed(String name) {
    return tensors.compressed(name);
  }

  /** Writes a tensor of {@link #entries} again as it is stored. */
  public void copy(String name, RfmWriter writer) {
    RfmEntry entry =
        entries.stream().filter(found -> found.name().equals(name)).findFirst().orElseThrow();
    writer.append(name, entry.dims(), entry.encoding(), payload(entry));
  }

  /** One line for each tensor whose bytes are not what its checksum says; reads the whole file. */
  public List<String> damaged() {
    List<String> damaged = new ArrayList<>();
    Map<String, String> sums = metadata.checksums();
    for (RfmEntry entry : entries) {
      String needed = sums.get(entry.name());
      if (needed == null) {
        continue;
      }
      String found = sum(payload(entry));
      if (!found.equals(needed)) {
        damaged.add(
            "tensor %s: CRC-32C %s needed, %s found".formatted(entry.name(), needed, found));
      }
    }
    return damaged;
  }

  private static String sum(MemorySegment payload) {
    var sum = new CRC32C();
    for (long at = 0; at < payload.byteSize(); at += PIECE) {
      sum.update(payload.asSlice(at, Math.min(PIECE, payload.byteSize() - at)).asByteBuffer());
    }
    return "%08x".formatted(sum.getValue());
  }

  @Override
  public void close() {
    arena.close();
  }
}
