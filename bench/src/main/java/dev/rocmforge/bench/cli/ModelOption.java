package dev.rocmforge.bench.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The model that a command needs. */
final class ModelOption {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      required = true,
      description = "A GGUF file, or a name that 'models list' shows.")
  private String model;

  /** The file to open. */
  Path path() {
    return ModelPlaces.standard().resolve(model);
  }
}
