package dev.rocmforge.bench.models;

import java.util.List;

/**
 * One entry of the manifest.
 *
 * @param name what people type
 * @param description one line: what it is and what it is good for here
 * @param license SPDX identifier of the weights' licence, as stated by their publisher
 * @param source where the bytes are to be had
 */
public record NamedModel(String name, String description, String license, ModelSource source) {
  /** File names in the model's folder; the first is the one to open. */
  public List<String> fileNames() {
    return switch (source) {
      case ModelSource.HuggingFace hub ->
          hub.files().stream().map(path -> path.substring(path.lastIndexOf('/') + 1)).toList();
      case ModelSource.Pip pip -> List.of(pip.file());
    };
  }
}
