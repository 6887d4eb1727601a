package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.convert.KvCalibration;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.validation.model.Divergence;
import dev.rocmforge.validation.model.KvRounding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code validate kv}: what each storage of the KV cache costs on a text. */
@Command(
    name = "kv",
    description = {
      "Measures what each storage of the KV cache costs: Kullback-Leibler divergence of the next"
          + " token's distribution from the same model with another cache, over a text.",
      "Prints a table and judges none."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ValidateKvCommand implements Callable<Integer> {
  private static final String ROW = "%-16s %10s %8s %11s %10s %9s %11s%n";

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private BackendOptions backend;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The text, UTF-8 (default: datasets/golden/models/heldout.txt).")
  private Path file;

  @Option(
      names = "--types",
      paramLabel = "TYPE",
      split = ",",
      defaultValue = "q8_0,turbo4,turbo3,turbo2",
      converter = KvStorageReader.class,
      description = "What to measure, as --kv-type (default: ${DEFAULT-VALUE}).")
  private List<KvStorage> types;

  @Option(
      names = "--against",
      paramLabel = "TYPE",
      defaultValue = "f16",
      converter = KvStorageReader.class,
      description = "The reference (default: ${DEFAULT-VALUE}).")
  private KvStorage reference;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description = {
        "The reference runs these weights: another file of the same model, such as the one in f16.",
        "With --types f16 alone the divergence is that of the weights (default: the model)."
      })
  private String base;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of a window; windows know nothing of each other.")
  private int window;

  @Option(
      names = "--windows",
      paramLabel = "N",
      defaultValue = "3",
      description = "Windows from the start (default: ${DEFAULT-VALUE}).")
  private int windows;

  @Option(
      names = "--by-layer",
      description = {
        "What each layer costs by itself, keys and values apart; on the CPU.",
        "'common' is the share of the keys' energy that all positions have in common."
      })
  private boolean byLayer;

  @Option(
      names = "--kv-lora-dim",
      paramLabel = "D",
      description = {
        "Also latents of so many values a side and layer, fitted to --calibration, and the first",
        "so many values of each side; on the CPU."
      })
  private Integer latentDim;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "The text that latents are fitted to, another than --file: UTF-8, 2048 tokens.")
  private Path calibration;

  @Option(
      names = "--adastate",
      description = "Also attention scores over 0.1 norm(q) + 0.9; on the CPU.")
  private boolean adaState;

  @Override
  public Integer call() {
    if (latentDim != null && (latentDim < 1 || calibration == null)) {
      throw new ParameterException(
          spec.commandLine(), "--kv-lora-dim: 1 or more and --calibration needed");
    }
    if (window < 1 || windows < 1) {
      throw new ParameterException(
          spec.commandLine(), "--window and --windows of at least 1 needed");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Model opened = Model.open(model.path());
        Model other =
            Model.open(base == null ? model.path() : ModelPlaces.standard().resolve(base));
        Backend engine = backend.open(0, spec.commandLine().getErr()::println)) {
      if (!(opened.config().blocks() instanceof TransformerBlocks blocks)) {
        throw new InputException(opened.file().path() + ": keeps no keys and values");
      }
      int words = opened.config().vocabularySize();
      if (other.config().vocabularySize() != words) {
        throw new InputException(
            "%s: vocabulary of %d needed, %d found"
                .formatted(other.file().path(), words, other.config().vocabularySize()));
      }
      int[] tokens = opened.tokenizer().encode(text(), EncodeOptions.PLAIN);
      out.printf(
          "%s on %s, %d windows of %d tokens, against %s of %s%n",
          opened.file().path().getFileName(),
          engine.name(),
          windows,
          window,
          reference.word(),
          other.file().path().getFileName());
      if (byLayer) {
        byLayer(out, opened, engine, blocks, tokens);
        return ExitCode.DONE.code();
      }
      out.printf(ROW, "kv type", "bytes", "of f16", "mean KL", "+-", "same top", "perplexity");
      for (KvStorage type : Stream.concat(Stream.of(reference), types.stream()).toList()) {
        line(out, opened, other, engine, tokens, subject(opened, blocks, type));
      }
      for (Subject subject : special(opened, blocks)) {
        line(out, opened, other, engine, tokens, subject);
      }
    }
    return ExitCode.DONE.code();
  }

  /**
   * What is measured.
   *
   * @param bytes of one position in all layers
   */
  private record Subject(String word, SessionOptions options, long bytes) {}

  private Subject subject(Model opened, TransformerBlocks blocks, KvStorage type) {
    return new Subject(type.word(), options().withKv(type), bytes(opened, blocks, type));
  }

  private SessionOptions options() {
    return SessionOptions.DEFAULT.withContextLength(window).withKv(reference);
  }

  private List<Subject> special(Model opened, TransformerBlocks blocks) {
    List<Subject> subjects = new ArrayList<>();
    if (latentDim != null) {
      var fitted = new KvCalibration();
      CalibrationText.run(opened, calibration, fitted);
      KvLatent axes = fitted.fit(latentDim);
      KvLatent first =
          KvLatent.truncation(
              opened.config().layerCount(),
              blocks.kvHeads() * blocks.keyLength(),
              blocks.kvHeads() * blocks.valueLength(),
              latentDim);
      subjects.add(latent("latent" + latentDim, axes));
      subjects.add(latent("truncate" + latentDim, first));
    }
    if (adaState) {
      long bytes = bytes(opened, blocks, reference);
      subjects.add(new Subject("adastate", options().withAdaState(true), bytes));
    }
    return subjects;
  }

  private Subject latent(String word, KvLatent latent) {
    return new Subject(word, options().withLatent(latent), latent.bytes(reference));
  }

  private void line(
      PrintWriter out, Model opened, Model other, Backend engine, int[] tokens, Subject measured) {
    TransformerBlocks blocks = (TransformerBlocks) opened.config().blocks();
    try (Session subject = engine.open(opened, measured.options());
        Session against = engine.open(other, options())) {
      Divergence found = Divergence.of(subject, against, tokens, window, windows, false);
      double halves = bytes(opened, blocks, KvStorage.parse("f16"));
      out.printf(
          Locale.ROOT,
          ROW,
          measured.word(),
          measured.bytes(),
          String.format(Locale.ROOT, "%.2fx", halves / measured.bytes()),
          String.format(Locale.ROOT, "%.5f", found.mean()),
          String.format(Locale.ROOT, "%.5f", found.standardError()),
          String.format(Locale.ROOT, "%.2f %%", 100 * found.sameTop()),
          String.format(Locale.ROOT, "%.4f", found.perplexity()));
      out.flush();
    }
  }

  private void byLayer(
      PrintWriter out, Model opened, Backend engine, TransformerBlocks blocks, int[] tokens) {
    for (KvStorage type : types) {
      out.printf("%s%n%5s %11s %11s %8s%n", type.word(), "layer", "keys", "values", "common");
      for (int layer = 0; layer < opened.config().layerCount(); layer++) {
        KvRounding keys = KvRounding.keys(type, blocks, layer, window);
        KvRounding values = KvRounding.values(type, blocks, layer, window);
        double ofKeys = rounded(opened, engine, tokens, keys);
        double ofValues = rounded(opened, engine, tokens, values);
        out.printf(
            Locale.ROOT,
            "%5d %11.6f %11.6f %6.1f %%%n",
            layer,
            ofKeys,
            ofValues,
            100 * keys.commonShare());
        out.flush();
      }
    }
  }

  private double rounded(Model opened, Backend engine, int[] tokens, Probe rounding) {
    SessionOptions options = SessionOptions.DEFAULT.withContextLength(window).withKv(reference);
    try (Session subject = engine.open(opened, options, rounding);
        Session against = engine.open(opened, options)) {
      return Divergence.of(subject, against, tokens, window, windows, false).mean();
    }
  }

  /** Of one position in all layers. */
  private static long bytes(Model opened, TransformerBlocks blocks, KvStorage type) {
    return opened.config().layerCount()
        * type.bytes(blocks.kvHeads(), blocks.keyLength(), blocks.valueLength());
  }

  private String text() {
    return TextFile.read(file == null ? TextFile.standard() : file);
  }
}
