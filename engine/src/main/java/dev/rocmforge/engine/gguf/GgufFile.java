package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.ModelFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF model, mapped: one file or a whole split set. Immutable and safe for use from several
 * threads. Opening reads the header alone; weights are read where they lie when someone touches
 * them. Whoever opens closes; tensors and array values end with it.
 */
public final class GgufFile implements ModelFile {
  private final Path path;
  private final Arena arena;
  private final List<GgufShard> shards;
  private final List<GgufTensor> tensors;
  private final Map<String, GgufTensor> byName = new LinkedHashMap<>();

  private GgufFile(Path path, Arena arena, List<GgufShard> shards) {
    this.path = path;
    this.arena = arena;
    this.shards = List.copyOf(shards);
    List<GgufTensor> all = new ArrayList<>();
    for (GgufShard shard : shards) {
      for (GgufTensor tensor : shard.tensors()) {
        GgufTensor twin = byName.putIfAbsent(tensor.name(), tensor);
        if (twin != null) {
          throw new InputException(
              tensor.file()
                  + ": tensor "
                  + tensor.name()
                  + ": one of the name needed, another is in "
                  + twin.file());
        }
        all.add(tensor);
      }
    }
    tensors = Collections.unmodifiableList(all);
  }

  /**
   * Maps a model. Any file of a split set opens the whole set.
   *
   * @throws InputException if there is no such file, it cannot be read, or it is no sound GGUF
   */
  @SuppressWarnings("MustBeClosedChecker") // the GgufFile owns the arena and closes it
  public static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      GgufShard shard = GgufShard.parse(path, map(path, arena));
      List<GgufShard> shards = GgufSplit.of(shard).complete(file -> parse(file, arena));
      return new GgufFile(path, arena, shards);
    } catch (RuntimeException | Error failure) {
      arena.close();
      throw failure;
    }
  }

  private static GgufShard parse(Path file, Arena arena) {
    return GgufShard.parse(file, map(file, arena));
  }

  /**
   * Maps a whole file, read-only, for as long as the arena lives.
   *
   * @throws InputException if there is no such file or it cannot be read
   */
  public static MemorySegment map(Path file, Arena arena) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      String kind = Files.isDirectory(file) ? "a directory" : "a special file";
      throw new InputException(file + ": open: a GGUF file needed, " + kind + " found");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** The system's refusal in one line. */
  static InputException unreadable(Path file, IOException failure) {
    String found =
        switch (failure) {
          case NoSuchFileException _ -> "there is no such file";
          case AccessDeniedException _ -> "permission to read denied";
          default -> String.valueOf(failure.getMessage());
        };
    return new InputException(file + ": open: a GGUF file needed, " + found, failure);
  }

  /** The path that was opened. */
  @Override
  public Path path() {
    return path;
  }

  /** All files of the model, in order; one unless it is split. */
  @Override
  public List<Path> files() {
    return shards.stream().map(GgufShard::file).toList();
  }

  @Override
  public String container() {
    return "GGUF";
  }

  /** GGUF version, 2 or 3. */
  @Override
  public int version() {
    return shards.getFirst().version();
  }

  /** The metadata; of a split set that of its first file. */
  @Override
  public GgufMetadata metadata() {
    return shards.getFirst().metadata();
  }

  /** All tensors in the order of the files. */
  @Override
  public List<GgufTensor> tensors() {
    return tensors;
  }

  @Override
  public Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public List<Entry> entries() {
    return tensors.stream()
        .map(
            t ->
                new Entry(
                    t.name(),
                    t.type().name(),
                    t.shape(),
                    t.data().byteSize(),
                    t.file(),
                    t.offset()))
        .toList();
  }

  @Override
  public void close() {
    arena.close();
  }
}
