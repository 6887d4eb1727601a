package dev.rocmforge.engine;

import dev.rocmforge.engine.model.Family;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.ModelSource;
import dev.rocmforge.engine.model.Weights;
import dev.rocmforge.engine.model.llama.Llama;
import dev.rocmforge.engine.model.mamba.Mamba;
import dev.rocmforge.engine.model.mixture.Qwen2Moe;
import dev.rocmforge.engine.model.mixture.Qwen3Moe;
import dev.rocmforge.engine.model.qwen2.Qwen2;
import dev.rocmforge.engine.model.qwen3.Qwen3;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * A model: configuration and weights where they lie in the mapped file, tokenizer. Immutable,
 * shared by sessions and threads. Owns the file: closing the model ends every session's right to
 * run.
 */
public final class Model implements AutoCloseable {
  private static final List<Family> FAMILIES =
      List.of(new Llama(), new Qwen2(), new Qwen3(), new Qwen2Moe(), new Qwen3Moe(), new Mamba());

  private final ModelFile file;
  private final ModelConfig config;
  private final Weights weights;
  private Tokenizer tokenizer;

  private Model(ModelFile file, ModelConfig config, Weights weights) {
    this.file = file;
    this.config = config;
    this.weights = weights;
  }

  /**
   * Maps a file and checks that everything its architecture needs is there in the right shape. No
   * weight is read.
   *
   * @throws InputException if the file is no well-formed GGUF or .rfm, its architecture is not
   *     known, or a value or tensor is missing or does not fit
   */
  public static Model open(Path path) {
    ModelFile file = ModelFile.open(path);
    try {
      return of(file);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /**
   * As {@link #open}, of a file that is open; the model owns it from then on.
   *
   * @throws InputException as {@link #open}; the file is still the caller's then
   */
  public static Model of(ModelFile file) {
    var source = new ModelSource(file);
    Family family = family(source, file.path());
    ModelConfig config = family.config(source);
    return new Model(file, config, family.weights(source, config));
  }

  private static Family family(ModelSource source, Path path) {
    for (Family family : FAMILIES) {
      if (family.architectures().contains(source.architecture())) {
        return family;
      }
    }
    throw new InputException(
        "%s: general.architecture: one of %s needed, %s found"
            .formatted(path, String.join(", ", architectures()), source.architecture()));
  }

  /** Every architecture that can be opened, in the order of the documentation. */
  public static List<String> architectures() {
    return FAMILIES.stream().flatMap(family -> family.architectures().stream().sorted()).toList();
  }

  /** The file, for its metadata and tensor table; owned by the model. */
  public ModelFile file() {
    return file;
  }

  /** What the model is. */
  public ModelConfig config() {
    return config;
  }

  /** The weights where they lie. */
  public Weights weights() {
    return weights;
  }

  /**
   * The tokenizer, read from the metadata at the first call and kept.
   *
   * @throws InputException if the file has none or one of another kind; such a model runs on ids
   */
  public synchronized Tokenizer tokenizer() {
    if (tokenizer == null) {
      tokenizer = Tokenizer.of(file.metadata());
    }
    return tokenizer;
  }

  @Override
  public void close() {
    file.close();
  }
}
