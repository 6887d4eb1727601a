package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text that a command measures on. */
final class TextFile {
  private TextFile() {}

  /** The text that is used when none is named: none of the embedded model's training. */
  static Path standard() {
    return ModelPlaces.standard().project().resolve("datasets/golden/models/heldout.txt");
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it cannot be read as UTF-8
   */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
  }
}
