package dev.rocmforge.engine.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.compress.TruncatedSvd;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.rfm.LatentTensors;
import dev.rocmforge.engine.rfm.RfmFile;
import dev.rocmforge.engine.rfm.RfmMetadata;
import dev.rocmforge.engine.rfm.RfmWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Converts a model tensor by tensor, names sorted; memory is bounded by the largest tensor. What a
 * source holds compressed already is copied as it is.
 */
public final class Converter {
  /** Hears what became of each tensor, as soon as it is known. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param done tensors so far
     * @param total tensors in all
     */
    void converted(ConvertedTensor tensor, int done, int total);
  }

  private final Model model;
  private final ConvertOptions options;
  private final ConvertPolicy policy;
  private final Function<GgufTensor, EncodedTensor> choice;
  private final Optional<KvLatent> latent;

  /**
   * @param model the source, open until the work is done
   */
  public Converter(Model model, ConvertOptions options) {
    this(model, options, InputEnergy.NONE);
  }

  /**
   * As {@link #Converter(Model, ConvertOptions)}, factors weighted by what their inputs are like.
   *
   * @param energy of {@code model}'s activations over a text
   */
  public Converter(Model model, ConvertOptions options, InputEnergy energy) {
    this(model, options, energy, Optional.empty());
  }

  /**
   * As {@link #Converter(Model, ConvertOptions, InputEnergy)}, with projections for a latent KV
   * cache.
   */
  public Converter(
      Model model, ConvertOptions options, InputEnergy energy, Optional<KvLatent> latent) {
    this(model, options, energy, latent, TruncatedSvd.ON_HOST);
  }

  /**
   * As {@link #Converter(Model, ConvertOptions, InputEnergy, Optional)}.
   *
   * @param svd finds factors; used by the thread that converts
   */
  public Converter(
      Model model,
      ConvertOptions options,
      InputEnergy energy,
      Optional<KvLatent> latent,
      TruncatedSvd svd) {
    this.model = model;
    this.options = options;
    this.policy = new ConvertPolicy(options, energy, svd);
    this.choice = policy::encode;
    this.latent = latent;
  }

  /**
   * Every tensor as somebody else decides.
   *
   * @param choice asked once for each tensor that is blocks of a type
   */
  public Converter(Model model, Function<GgufTensor, EncodedTensor> choice) {
    this.model = model;
    this.options = ConvertOptions.LOSSLESS;
    this.policy = new ConvertPolicy(options, InputEnergy.NONE, TruncatedSvd.ON_HOST);
    this.choice = choice;
    this.latent = Optional.empty();
  }

  /**
   * Writes {@code out}, which appears only when it is complete.
   *
   * @throws InputException if a weight to encode is NaN or infinite, or the path cannot be written
   */
  public List<ConvertedTensor> write(Path out, Progress progress) {
    List<String> names =
        Stream.concat(
                names().stream().flatMap(name -> Stream.of(name, name + ".svd_u", name + ".svd_v")),
                latent.stream().flatMap(all -> LatentTensors.names(all.layers().size()).stream()))
            .toList();
    try (RfmWriter writer = RfmWriter.create(out, metadata(), names)) {
      List<ConvertedTensor> converted = convert(Optional.of(writer), progress);
      latent.ifPresent(all -> LatentTensors.write(all, writer));
      writer.finish();
      return converted;
    }
  }

  /** Encodes everything and keeps nothing: exactly what {@link #write} would say. */
  public List<ConvertedTensor> dryRun(Progress progress) {
    return convert(Optional.empty(), progress);
  }

  private List<String> names() {
    ModelFile file = model.file();
    Stream<String> plain = file.tensors().stream().map(GgufTensor::name);
    Stream<String> compressed =
        file.entries().stream()
            .map(ModelFile.Entry::name)
            .filter(name -> file.compressed(name).isPresent());
    return Stream.concat(plain, compressed)
        .filter(name -> latent.isEmpty() || !name.startsWith("kv_latent."))
        .filter(policy::keeps)
        .sorted()
        .toList();
  }

  private List<ConvertedTensor> convert(Optional<RfmWriter> writer, Progress progress) {
    List<String> names = names();
    List<ConvertedTensor> converted = new ArrayList<>();
    for (String name : names) {
      ConvertedTensor tensor =
          model
              .file()
              .tensor(name)
              .map(plain -> encode(plain, writer))
              .orElseGet(() -> copy(name, writer));
      converted.add(tensor);
      progress.converted(tensor, converted.size(), names.size());
    }
    return converted;
  }

  private ConvertedTensor encode(GgufTensor tensor, Optional<RfmWriter> writer) {
    EncodedTensor encoded = choice.apply(tensor);
    writer.ifPresent(
        out ->
            encoded.parts().forEach(p -> out.append(p.name(), p.dims(), p.encoding(), p.bytes())));
    double nmse = encoded.decoded().map(matrix -> DenseSource.of(tensor).nmse(matrix)).orElse(0.0);
    return new ConvertedTensor(
        tensor.name(),
        encoded.parts().getFirst().encoding().text(),
        tensor.data().byteSize(),
        encoded.bytes(),
        nmse,
        encoded.note());
  }

  /** Only a {@code .rfm} file holds compressed matrices. */
  private ConvertedTensor copy(String name, Optional<RfmWriter> writer) {
    writer.ifPresent(out -> ((RfmFile) model.file()).copy(name, out));
    ModelFile.Entry entry =
        model.file().entries().stream()
            .filter(found -> found.name().equals(name))
            .min(Comparator.comparing(ModelFile.Entry::name))
            .orElseThrow();
    return new ConvertedTensor(
        name,
        entry.encoding(),
        entry.bytes(),
        entry.bytes(),
        0,
        Optional.of("compressed before, copied"));
  }

  private RfmMetadata metadata() {
    Map<String, GgufValue> values = new LinkedHashMap<>(model.file().metadata().values());
    values.keySet().removeIf(key -> key.startsWith("split."));
    Map<String, Object> fields = new LinkedHashMap<>();
    if (model.file() instanceof RfmFile rfm) {
      ObjectNode kept = rfm.rfmMetadata().fields();
      kept.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    }
    fields.putAll(options.metadata());
    if (options.maxLayers().isPresent()) {
      int layers = Math.min(options.maxLayers().getAsInt(), model.config().layerCount());
      values.put(model.config().architecture() + ".block_count", GgufValue.of(layers));
      fields.put("num_layers", layers);
    }
    var gguf = new GgufMetadata(model.file().path(), values);
    RfmMetadata documented = RfmMetadata.of(gguf, model.config());
    fields.put("layout", documented.fields().get("layout"));
    return documented.with(fields);
  }
}
