package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes a {@code .rfm} file. Every payload begins at a multiple of {@value #ALIGNMENT} bytes of
 * the file. Metadata and table lie before the payload and are known after it: they have room
 * reserved and are padded with spaces. The file gets its name only when it is finished; before that
 * it is {@code NAME.PID.part}. One thread.
 */
public final class RfmWriter implements AutoCloseable {
  /** Of every payload, in bytes from the beginning of the file. */
  public static final int ALIGNMENT = 256;

  private static final int PIECE = 8 << 20;
  private static final String NO_SUM = "00000000";

  /** Most bytes of a table row besides its name. */
  private static final int ENTRY_BYTES = 512;

  private final Path target;
  private final Path part;
  private final FileChannel channel;
  private final RfmMetadata metadata;
  private final RfmHeader header;
  private final List<RfmEntry> entries = new ArrayList<>();
  private final Map<String, String> sums = new LinkedHashMap<>();
  private long end;
  private boolean finished;

  private RfmWriter(
      Path target, Path part, FileChannel channel, RfmMetadata metadata, RfmHeader header) {
    this.target = target;
    this.part = part;
    this.channel = channel;
    this.metadata = metadata;
    this.header = header;
  }

  /**
   * Opens the file and leaves room for its first parts.
   *
   * @param names of all tensors that may be appended
   * @throws InputException if the path cannot be written, or the JSON parts would be larger than
   *     readers take
   */
  public static RfmWriter create(Path path, RfmMetadata metadata, List<String> names) {
    Map<String, String> none = new LinkedHashMap<>();
    names.forEach(name -> none.put(name, NO_SUM));
    long json = RfmMetadataWriter.bytes(metadata.withChecksums(none)).length;
    long table =
        names.stream().mapToLong(name -> TextNode.valueOf(name).toString().length()).sum()
            + (long) ENTRY_BYTES * names.size();
    table += Math.floorMod(-(RfmHeader.BYTES + json + table), ALIGNMENT);
    if (Math.max(json, table) > RfmHeader.MOST_JSON) {
      throw new InputException(
          "%s: metadata and tensor table of at most %d bytes needed, %d and %d given"
              .formatted(path, RfmHeader.MOST_JSON, json, table));
    }
    try {
      if (Files.isDirectory(path)) {
        throw new InputException(path + ": create: a file name needed, a directory found");
      }
      Path target = Files.exists(path) ? path.toRealPath() : path;
      Path part =
          target.resolveSibling(
              target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
      FileChannel channel =
          FileChannel.open(
              part,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING);
      return new RfmWriter(target, part, channel, metadata, new RfmHeader(json, table));
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static InputException unwritable(Path path, IOException e) {
    return new InputException(
        path
            + ": create: a writable file needed, "
            + (e instanceof NoSuchFileException ? "its directory does not exist" : e.getMessage()),
        e);
  }

  /**
   * Writes the next tensor.
   *
   * @param dims the contiguous one first
   * @throws InputException if the disk is full
   */
  public void append(String name, List<Long> dims, RfmEncoding encoding, MemorySegment bytes) {
    var entry = new RfmEntry(name, dims, encoding, end, bytes.byteSize());
    if (entry.bytes(name) != bytes.byteSize()) {
      throw new AssertionError(entry + ": needs " + entry.bytes(name) + " bytes");
    }
    entries.add(entry);
    var sum = new CRC32C();
    for (long at = 0; at < bytes.byteSize(); at += PIECE) {
      byte[] piece =
          bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).toArray(ValueLayout.JAVA_BYTE);
      sum.update(piece);
      put(header.payloadStart() + end + at, piece);
    }
    sums.put(name, "%08x".formatted(sum.getValue()));
    end = Math.ceilDiv(end + bytes.byteSize(), ALIGNMENT) * (long) ALIGNMENT;
  }

  /**
   * Writes header, metadata and table, and gives the file its name.
   *
   * @throws InputException if the disk is full
   */
  public void finish() {
    byte[] json = RfmMetadataWriter.bytes(metadata.withChecksums(sums));
    put(0, header.bytes());
    put(RfmHeader.BYTES, padded(json, header.metadataBytes()));
    put(header.tableStart(), padded(RfmTable.bytes(entries), header.tableBytes()));
    try {
      channel.close();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      finished = true;
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static byte[] padded(byte[] json, long length) {
    assert json.length <= length : json.length + " bytes, room for " + length;
    byte[] bytes = Arrays.copyOf(json, (int) length);
    Arrays.fill(bytes, json.length, bytes.length, (byte) ' ');
    return bytes;
  }

  private void put(long at, byte[] bytes) {
    try {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left, at + left.position());
      }
    } catch (IOException e) {
      throw new InputException(
          "%s: write: %d bytes to write at 0x%x, %s"
              .formatted(target, bytes.length, at, e.getMessage()),
          e);
    }
  }

  /** Closes; an unfinished file is removed. */
  @Override
  public void close() {
    if (finished) {
      return;
    }
    try {
      channel.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new InputException(part + ": remove: " + e.getMessage() + ", remove it by hand", e);
    }
  }
}
