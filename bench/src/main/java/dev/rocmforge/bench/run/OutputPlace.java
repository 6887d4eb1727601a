package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Places that results are written to, tried before the work that makes them. */
public final class OutputPlace {
  private OutputPlace() {}

  /**
   * Makes a folder and writes into it, so that a long measurement does not end in a refusal.
   *
   * @throws InputException if either is not possible
   */
  public static void checkFolder(Path folder) {
    try {
      Files.createDirectories(folder);
      Path probe = Files.createTempFile(folder, ".rocmforge", ".probe");
      try {
        Files.write(probe, new byte[4096]);
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw refused(folder, e);
    }
  }

  /**
   * Whether a file can be written there: an existing one or its folder must be writable.
   *
   * @throws InputException if not
   */
  public static void checkFile(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": a file to write needed, a folder found");
    }
    if (Files.exists(file) ? !Files.isWritable(file) : !Files.isWritable(folder)) {
      throw new InputException(
          file + ": cannot be written: " + (Files.exists(folder) ? "not permitted" : "no folder"));
    }
  }

  /** The one line for a write that failed. */
  public static InputException refused(Path place, IOException failure) {
    String reason =
        switch (failure) {
          case AccessDeniedException _ -> "not permitted";
          case NoSuchFileException _ -> "no such folder";
          case FileAlreadyExistsException e -> e.getFile() + " is no folder";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default ->
              failure.getMessage() == null
                  ? failure.getClass().getSimpleName()
                  : failure.getMessage();
        };
    return new InputException(place + ": cannot be written: " + reason, failure);
  }
}
