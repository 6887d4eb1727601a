package dev.rocmforge.reports.store;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.HistoryEntry;
import dev.rocmforge.reports.record.ImportedRecord;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder of run records. Writes go to {@code runs.jsonl}; every {@code .jsonl} file of the folder
 * is read, in the order of their names.
 *
 * <p>A record is on the disk when {@link #append} returns. A kill in the middle of a write leaves a
 * torn last line: reading passes over it and says so, the next append removes it. Equal records are
 * kept once. Writers of several threads and processes take turns.
 */
public final class History {
  private static final String WRITTEN_FILE = "runs.jsonl";
  private static final Object TURN = new Object();

  private final Path folder;

  /**
   * What the folder holds.
   *
   * @param records each once, in file order
   * @param imported figures of other tools' files, each file once, in file order
   * @param torn last lines that a kill cut off; nothing else is lost
   */
  public record Contents(
      List<RunRecord> records, List<ImportedRecord> imported, List<TornLine> torn) {
    public Contents {
      records = List.copyOf(records);
      imported = List.copyOf(imported);
      torn = List.copyOf(torn);
    }
  }

  /**
   * What an append did.
   *
   * @param added records that were new
   * @param known records that the folder already held
   * @param removed the torn line that had to go first, if any
   */
  public record Appended(int added, int known, List<TornLine> removed) {}

  /**
   * The rest of a line whose end was never written.
   *
   * @param file name within the folder
   * @param offset where it begins, in bytes
   * @param bytes of it
   */
  public record TornLine(String file, long offset, long bytes) {}

  private History(Path folder) {
    this.folder = folder;
  }

  /** The history in a folder, which is made when missing. */
  public static History in(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ReportException(folder + ": no folder for the history: " + reason(e), e);
    }
    return new History(folder);
  }

  /**
   * Reads every record.
   *
   * @throws ReportException naming file and line where a whole line is no record of the known
   *     schema version
   */
  public Contents read() {
    List<RunRecord> records = new ArrayList<>();
    List<ImportedRecord> imported = new ArrayList<>();
    List<TornLine> torn = new ArrayList<>();
    // Equal records have equal lines and the other way round; comparing them is faster.
    Set<HistoryEntry> seen = new HashSet<>();
    for (Path file : files()) {
      JsonLines lines = read(file);
      for (HistoryEntry entry : entries(file, lines)) {
        if (seen.add(entry)) {
          switch (entry) {
            case RunRecord record -> records.add(record);
            case ImportedRecord figures -> imported.add(figures);
          }
        }
      }
      lines.torn(file.getFileName().toString()).ifPresent(torn::add);
    }
    return new Contents(records, imported, torn);
  }

  private static List<HistoryEntry> entries(Path file, JsonLines lines) {
    IntStream numbers = IntStream.range(0, lines.count());
    IntFunction<HistoryEntry> read =
        i -> RecordCodec.readEntry(file + " line " + (i + 1), lines.line(i));
    try {
      return numbers.parallel().mapToObj(read).toList();
    } catch (ReportException e) {
      // Several lines may be wrong: one after the other it is the first that is named.
      return IntStream.range(0, lines.count()).mapToObj(read).toList();
    }
  }

  public Appended append(HistoryEntry record) {
    return appendAll(List.of(record));
  }

  /** Takes over the records of other folders that this one lacks; the others stay as they are. */
  public Appended merge(List<History> others) {
    List<HistoryEntry> records = new ArrayList<>();
    for (History other : others) {
      Contents contents = other.read();
      records.addAll(contents.records());
      records.addAll(contents.imported());
    }
    return appendAll(records);
  }

  /**
   * Appends what is new, all of it or nothing.
   *
   * @throws ReportException when the disk is full or the folder not writable; the file is then cut
   *     back to its former end
   */
  public Appended appendAll(List<? extends HistoryEntry> records) {
    Path file = folder.resolve(WRITTEN_FILE);
    synchronized (TURN) {
      boolean fresh = !Files.exists(file);
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        channel.lock();
        Appended appended = append(file, channel, records);
        if (fresh) {
          syncFolder();
        }
        return appended;
      } catch (IOException e) {
        throw new ReportException(file + ": record not written: " + reason(e), e);
      }
    }
  }

  private Appended append(Path file, FileChannel channel, List<? extends HistoryEntry> records)
      throws IOException {
    JsonLines own = JsonLines.read(channel);
    Set<ContentHash> known = hashes(file, own);
    StringBuilder text = new StringBuilder(own.lacksLineEnd() ? "\n" : "");
    int added = 0;
    for (HistoryEntry record : records) {
      if (known.add(ContentHash.of(record))) {
        text.append(RecordCodec.line(record)).append('\n');
        added++;
      }
    }
    List<TornLine> removed = own.torn(WRITTEN_FILE).stream().toList();
    if (!removed.isEmpty()) {
      channel.truncate(own.wholeBytes());
    }
    if (added > 0) {
      write(channel, own.wholeBytes(), JsonLines.bytes(text.toString()));
    }
    return new Appended(added, records.size() - added, removed);
  }

  private Set<ContentHash> hashes(Path own, JsonLines ownLines) {
    Set<ContentHash> hashes = new HashSet<>(ownLines.hashes());
    for (Path file : files()) {
      if (!file.equals(own)) {
        hashes.addAll(read(file).hashes());
      }
    }
    return hashes;
  }

  private static void write(FileChannel channel, long end, byte[] bytes) throws IOException {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer, end + buffer.position());
      }
      channel.force(true);
    } catch (IOException e) {
      try {
        channel.truncate(end);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** The new file's name must survive a power cut too. */
  private void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().endsWith(".jsonl")).sorted().toList();
    } catch (IOException e) {
      throw new ReportException(folder + ": history not readable: " + reason(e), e);
    }
  }

  private static JsonLines read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return JsonLines.read(channel);
    } catch (IOException e) {
      throw new ReportException(file + ": history not readable: " + reason(e), e);
    }
  }

  private static String reason(IOException error) {
    return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }
}
