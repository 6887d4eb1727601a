package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.validation.model.Perplexity;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code perplexity}: how surprised a model is by a text. */
@Command(
    name = "perplexity",
    description = {
      "e to the mean negative log-likelihood of a text's tokens, in windows that know nothing of",
      "each other; a window of n tokens makes n predictions."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PerplexityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "The text, UTF-8.")
  private Path file;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of a window (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "Windows from the start (default: all that the text has).")
  private Integer windows;

  @Mixin private BackendOptions backend;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads; 0 is one a processor (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Override
  public Integer call() {
    if (window < 1 || (windows != null && windows < 1) || threads < 0) {
      throw new ParameterException(
          spec.commandLine(), "--window and --windows of at least 1 needed");
    }
    try (Model opened = Model.open(model.path());
        Backend engine = backend.open(threads, spec.commandLine().getErr()::println)) {
      int[] tokens =
          Tokenizer.of(opened.file().metadata()).encode(TextFile.read(file), EncodeOptions.PLAIN);
      int count = windows == null ? Perplexity.windowsIn(tokens.length, window) : windows;
      SessionOptions options =
          SessionOptions.DEFAULT.withContextLength(window).withKv(backend.kv(opened));
      try (Session session = engine.open(opened, options)) {
        Perplexity result = Perplexity.of(session, tokens, window, Math.max(1, count));
        spec.commandLine()
            .getOut()
            .printf(
                Locale.ROOT,
                "Perplexity: %.6f (%.9f nats a token, %d predictions in %d windows of %d, %s)%n",
                result.value(),
                result.nllPerToken(),
                result.predictions(),
                count,
                window,
                engine.name());
      }
    }
    return ExitCode.DONE.code();
  }
}
