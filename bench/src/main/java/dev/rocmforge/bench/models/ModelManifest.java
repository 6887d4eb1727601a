package dev.rocmforge.bench.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The models that can be named instead of given as a file ({@code datasets/models.json}).
 *
 * @param schemaVersion 1
 * @param models in the order they are listed
 */
public record ModelManifest(int schemaVersion, List<NamedModel> models) {
  private static final int SCHEMA_VERSION = 1;

  public ModelManifest {
    models = List.copyOf(models);
  }

  /**
   * Reads a manifest.
   *
   * @throws InputException if the file is missing, malformed or of another version
   */
  public static ModelManifest read(Path file) {
    try {
      ModelManifest manifest =
          JsonMapper.builder().build().readValue(Files.readString(file), ModelManifest.class);
      if (manifest.schemaVersion() != SCHEMA_VERSION) {
        throw new InputException(
            file + ": schemaVersion: " + SCHEMA_VERSION + " needed, " + manifest.schemaVersion());
      }
      return manifest;
    } catch (JsonProcessingException e) {
      throw new InputException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The model of that name.
   *
   * @throws InputException if there is none; the message lists the names
   */
  public NamedModel named(String name) {
    return models.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "no model is named '"
                        + name
                        + "'; known: "
                        + models.stream().map(NamedModel::name).collect(Collectors.joining(", "))));
  }
}
