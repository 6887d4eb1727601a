package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.RecordCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What has been decided, in order; kept in a file line by line where a run may be taken up again,
 * so that neither Ctrl-C nor a lost machine costs what was done.
 */
final class KernelVerdicts {
  private static final String PREFIX = "kernel ";

  private final List<CheckRecord> decided = new ArrayList<>();
  private final Optional<Path> kept;

  /**
   * Takes up what the file holds.
   *
   * @param kept empty for a run that is short enough to be done anew
   */
  KernelVerdicts(Optional<Path> kept) {
    this.kept = kept;
    if (kept.isEmpty() || !Files.exists(kept.get())) {
      return;
    }
    try {
      String text = Files.readString(kept.get());
      // A line without its end was cut off, and its case is done again.
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      whole
          .lines()
          .map(line -> RecordCodec.readCheck(kept.get().toString(), line))
          .forEach(decided::add);
      Files.writeString(kept.get(), whole);
    } catch (IOException e) {
      throw new InputException(kept.get() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  synchronized void add(CheckRecord check) {
    decided.add(check);
    kept.ifPresent(
        file -> {
          try {
            Files.writeString(
                file,
                RecordCodec.line(check) + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
          } catch (IOException e) {
            throw new InputException(file + ": cannot be written: " + e.getMessage(), e);
          }
        });
  }

  synchronized List<CheckRecord> all() {
    return List.copyOf(decided);
  }

  /** Ids of the cases that are done. */
  synchronized Set<String> ids() {
    return decided.stream().map(KernelVerdicts::id).collect(Collectors.toSet());
  }

  synchronized long failed() {
    return decided.stream().filter(check -> check.verdict() == CheckVerdict.FAILED).count();
  }

  /** The run is complete: nothing is to be taken up again. */
  void done() {
    kept.ifPresent(
        file -> {
          try {
            Files.deleteIfExists(file);
          } catch (IOException e) {
            throw new InputException(file + ": cannot be removed: " + e.getMessage(), e);
          }
        });
  }

  static String id(CheckRecord check) {
    return check.name().substring(PREFIX.length());
  }

  /** The case's path, such as {@code q4_0/gemv}. */
  static String path(CheckRecord check) {
    return id(check).substring(0, id(check).indexOf(':'));
  }
}
