package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.DocumentedBenchmark;
import dev.rocmforge.bench.run.DocumentedBenchmark.Weights;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.quantize.QuantPlan;
import dev.rocmforge.engine.quantize.QuantRecipe;
import dev.rocmforge.engine.quantize.Quantizer;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The model files of the documented benchmarks: given, published, or made here.
 *
 * @param places of named models
 * @param folder where made files are kept
 * @param given files by the word of the weights, in place of all others
 * @param synthetic random weights of the exact shapes in place of the public ones
 */
record DocumentedModels(
    ModelPlaces places, Path folder, Map<String, Path> given, boolean synthetic) {
  private static final long SEED = 42;

  /**
   * One file to run.
   *
   * @param note what it is, in words
   * @param path where it lies or will lie
   */
  record Weighed(String note, Path path) {}

  /**
   * Makes sure that nothing is missing before anything is measured.
   *
   * @throws EnvironmentException naming every command that gets a missing file
   * @throws InputException if a given file is not there
   */
  void check(List<DocumentedBenchmark> benchmarks) {
    given.forEach(
        (word, file) -> {
          if (!Files.isRegularFile(file)) {
            throw new InputException("--model " + word + "=" + file + ": no such file");
          }
        });
    Set<String> missing = new LinkedHashSet<>();
    for (DocumentedBenchmark benchmark : benchmarks) {
      Weights weights = benchmark.weights();
      if (!synthetic && !given.containsKey(weights.word())) {
        for (String name : weights.published()) {
          require(name, missing);
        }
        if (!Files.exists(pure(weights))) {
          require(weights.source(), missing);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new EnvironmentException(
          "models missing: "
              + String.join("; ", missing)
              + "; or --synthetic for random weights of the same shapes");
    }
  }

  private void require(String name, Set<String> missing) {
    if (places.cache().find(places.manifest().named(name)).isEmpty()) {
      missing.add("'./rocmforge models pull " + name + "'");
    }
  }

  private Path pure(Weights weights) {
    return folder.resolve(weights.source().replaceFirst("f16$", "q4_0-pure") + ".gguf");
  }

  /** The files of a benchmark; what is made here is made once. */
  List<Weighed> files(Weights weights, Consumer<String> lines) {
    Path own = given.get(weights.word());
    if (own != null) {
      return List.of(new Weighed("given file, not the documented one", own));
    }
    if (synthetic) {
      Path file = folder.resolve(weights.shape().toLowerCase(Locale.ROOT) + "-q4_0-synthetic.gguf");
      if (!Files.exists(file)) {
        lines.accept("Writing " + file);
        new SyntheticModel(ModelShape.named(weights.shape()), QuantType.Q4_0, true, SEED)
            .write(file, bytes -> {});
      }
      return List.of(new Weighed("SYNTHETIC: random weights of the exact shapes", file));
    }
    List<Weighed> files = new ArrayList<>();
    for (String name : weights.published()) {
      files.add(new Weighed("published file, as in the documented run", places.resolve(name)));
    }
    files.add(new Weighed("pure Q4_0, made by quantize --pure", made(weights, lines)));
    return files;
  }

  private Path made(Weights weights, Consumer<String> lines) {
    Path file = pure(weights);
    if (!Files.exists(file)) {
      lines.accept("Quantizing " + weights.source() + " to " + file);
      try (GgufFile source = GgufFile.open(places.resolve(weights.source()))) {
        QuantPlan plan = QuantPlan.of(source, QuantRecipe.of("Q4_0"), true);
        Quantizer.write(source, plan, file, (tensor, done, total) -> {});
      }
    }
    return file;
  }
}
