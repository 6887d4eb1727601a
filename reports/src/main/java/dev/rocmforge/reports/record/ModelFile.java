package dev.rocmforge.reports.record;

import java.util.List;

/**
 * The model's bytes and shape.
 *
 * @param name {@code general.name} of the metadata, or the file name where that is missing
 * @param fileName without folders; the first part's name for a split model
 * @param sha256 of the file, lower-case; for a split model of the parts in order
 * @param fileBytes size of the file or of all parts
 * @param architecture {@code general.architecture}, such as {@code qwen2}
 * @param parameters number of weights
 * @param tensorTypes tensors by type, largest share of bytes first
 */
public record ModelFile(
    String name,
    String fileName,
    String sha256,
    long fileBytes,
    String architecture,
    long parameters,
    List<TypeShare> tensorTypes) {
  /** No model at all, for what is measured without one: no bytes, and their hash. */
  public static final ModelFile NONE =
      new ModelFile(
          "none",
          "none",
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          0,
          "none",
          0,
          List.of());

  /**
   * The tensors of one type.
   *
   * @param type in the format's spelling: {@code Q4_0}
   * @param tensors how many
   * @param bytes they take in the file
   */
  public record TypeShare(String type, int tensors, long bytes) {
    public TypeShare {
      Require.text(type, "tensorTypes.type");
      Require.atLeast(1, tensors, "tensorTypes.tensors");
      Require.atLeast(0, bytes, "tensorTypes.bytes");
    }
  }

  public ModelFile {
    Require.text(name, "model.name");
    Require.fileName(fileName, "model.fileName");
    Require.sha256(sha256, "model.sha256");
    Require.atLeast(0, fileBytes, "model.fileBytes");
    Require.text(architecture, "model.architecture");
    Require.atLeast(0, parameters, "model.parameters");
    tensorTypes = List.copyOf(Require.present(tensorTypes, "model.tensorTypes"));
  }
}
