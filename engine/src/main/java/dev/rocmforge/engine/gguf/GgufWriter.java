package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.EngineException;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a GGUF v3 file: all tensors are declared first, then their data follows in the same order,
 * in pieces of any size, so that a model of any size needs little memory.
 *
 * <p>The file appears under its name only when it is {@linkplain #finish finished}; before that it
 * is {@code NAME.PID.part} beside it, and closing unfinished removes that. A special file such as
 * {@code /dev/null} is written straight. One thread.
 */
public final class GgufWriter implements AutoCloseable {
  private static final long PIECE = 8L << 20;

  private final Path target;
  private final Path part;
  private final FileChannel channel;
  private final List<GgufDeclaration> tensors;
  private final int alignment;
  private int current;
  private long written;
  private boolean finished;

  private GgufWriter(
      Path target, Path part, FileChannel channel, List<GgufDeclaration> tensors, int alignment) {
    this.target = target;
    this.part = part;
    this.channel = channel;
    this.tensors = tensors;
    this.alignment = alignment;
  }

  /**
   * Opens the file and writes the header.
   *
   * @param metadata in the order to be written; {@code general.alignment} in it is obeyed
   * @param tensors in the order of their data
   * @throws InputException if the path cannot be written, the disk is full or the metadata's
   *     alignment is none
   */
  public static GgufWriter create(
      Path path, Map<String, GgufValue> metadata, List<GgufDeclaration> tensors) {
    int alignment = GgufShard.alignment(new GgufMetadata(path, metadata));
    List<Long> offsets = new ArrayList<>(tensors.size());
    Set<String> names = new HashSet<>();
    long end = 0;
    for (GgufDeclaration tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new AssertionError("tensor " + tensor.name() + " declared twice");
      }
      offsets.add(end);
      end = Math.ceilDiv(end + tensor.bytes(), alignment) * (long) alignment;
    }
    GgufWriter writer = open(path, List.copyOf(tensors), alignment);
    try {
      writer.put(
          MemorySegment.ofArray(GgufHeader.of(metadata, writer.tensors, offsets, alignment)));
    } catch (RuntimeException | Error failure) {
      writer.close();
      throw failure;
    }
    return writer;
  }

  private static GgufWriter open(Path path, List<GgufDeclaration> tensors, int alignment) {
    Path target = path;
    try {
      if (Files.exists(path)) {
        // Through a link, so that the link stays and its target is replaced.
        target = path.toRealPath();
        if (Files.isDirectory(target)) {
          throw new InputException(path + ": create: a file name needed, a directory found");
        }
      }
      boolean special = Files.exists(target) && !Files.isRegularFile(target);
      Path part =
          special
              ? target
              : target.resolveSibling(
                  target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
      FileChannel channel =
          special
              ? FileChannel.open(part, StandardOpenOption.WRITE)
              : FileChannel.open(
                  part,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING);
      return new GgufWriter(target, part, channel, tensors, alignment);
    } catch (IOException failure) {
      throw unwritable(path, failure);
    }
  }

  /**
   * Appends the next bytes of the tensor {@code name}; each tensor must be complete before the
   * next.
   *
   * @throws InputException if the disk is full
   */
  public void append(String name, MemorySegment bytes) {
    GgufDeclaration tensor = current < tensors.size() ? tensors.get(current) : null;
    if (tensor == null || !tensor.name().equals(name)) {
      throw new AssertionError(
          name + " written where " + (tensor == null ? "the end" : tensor.name()) + " is due");
    }
    if (bytes.byteSize() > tensor.bytes() - written) {
      throw new AssertionError(
          name + ": " + tensor.bytes() + " bytes declared, " + (written + bytes.byteSize()));
    }
    put(bytes);
    written += bytes.byteSize();
    if (written == tensor.bytes()) {
      current++;
      written = 0;
      // The last one is not padded: nothing follows it.
      if (current < tensors.size()) {
        long padding = Math.floorMod(-tensor.bytes(), alignment);
        put(MemorySegment.ofArray(new byte[(int) padding]));
      }
    }
  }

  /**
   * Gives the file its name.
   *
   * @throws InputException if the disk is full
   */
  public void finish() {
    if (current < tensors.size()) {
      throw new AssertionError("finished before " + tensors.get(current).name() + " was complete");
    }
    try {
      channel.close();
      if (!part.equals(target)) {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      }
      finished = true;
    } catch (IOException failure) {
      throw unwritable(target, failure);
    }
  }

  private void put(MemorySegment bytes) {
    try {
      for (long at = 0; at < bytes.byteSize(); at += PIECE) {
        ByteBuffer piece = buffer(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)));
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
    } catch (IOException failure) {
      throw new InputException(
          target + ": write: " + bytes.byteSize() + " bytes to write, " + failure.getMessage(),
          failure);
    }
  }

  /** Only native memory and byte arrays can be seen as a buffer; other arrays are copied. */
  private static ByteBuffer buffer(MemorySegment piece) {
    Object array = piece.heapBase().orElse(null);
    return array == null || array instanceof byte[]
        ? piece.asByteBuffer()
        : ByteBuffer.wrap(piece.toArray(ValueLayout.JAVA_BYTE));
  }

  private static EngineException unwritable(Path file, IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ ->
          new InputException(
              file
                  + ": create: a directory needed, "
                  + file.toAbsolutePath().getParent()
                  + " does not exist",
              failure);
      case AccessDeniedException _ ->
          new InputException(file + ": create: permission to write needed, denied", failure);
      default ->
          new InputException(
              file + ": create: a writable file needed, " + failure.getMessage(), failure);
    };
  }

  /** Closes; an unfinished file is removed. */
  @Override
  public void close() {
    if (finished) {
      return;
    }
    try {
      channel.close();
      if (!part.equals(target)) {
        Files.deleteIfExists(part);
      }
    } catch (IOException failure) {
      throw new InputException(
          part + ": remove: " + failure.getMessage() + ", remove it by hand", failure);
    }
  }
}
