package dev.rocmforge.bench.jmh;

import java.nio.file.Files;
import java.nio.file.Path;

/** The models packed with the project, for what needs a real vocabulary or file. */
final class EmbeddedModel {
  static final String NAME = "lexicon-tiny-q4_0";

  /** Where a check must be quick. */
  static final String SMALLER = "lexicon-draft-q8_0";

  private EmbeddedModel() {}

  /** A name means a packed model, anything else is a file. */
  static Path file(String model) {
    Path packed =
        Path.of(System.getProperty("rocmforge.root", "."), "datasets/models", model + ".gguf");
    return Files.exists(packed) ? packed : Path.of(model);
  }
}
