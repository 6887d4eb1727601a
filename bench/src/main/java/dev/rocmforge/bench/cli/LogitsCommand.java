package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.FloatFile;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code logits}: raw numbers to compare engines by. */
@Command(
    name = "logits",
    description = "Writes the logits of every position as raw little-endian f32, row by row.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class LogitsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(
      names = "--tokens",
      paramLabel = "ID",
      split = ",",
      required = true,
      description = "Token ids, separated by commas.")
  private int[] tokens;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File of [tokens][vocabulary] f32.")
  private Path out;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens a pass (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Mixin private BackendOptions backend;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads; 0 is one a processor (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Override
  public Integer call() {
    if (batch < 1 || threads < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--batch of at least 1 and --threads of at least 0 needed, %d and %d given"
              .formatted(batch, threads));
    }
    String done;
    try (Model opened = Model.open(model.path());
        Backend engine = backend.open(threads, spec.commandLine().getErr()::println);
        Session session = engine.open(opened, session(opened));
        FloatFile file = FloatFile.create(out)) {
      session.forward(tokens, (position, logits) -> file.write(logits));
      done =
          "%s: %d rows of %d f32, %s backend"
              .formatted(out, tokens.length, opened.config().vocabularySize(), engine.name());
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(done);
    err.flush();
    return ExitCode.DONE.code();
  }

  private SessionOptions session(Model opened) {
    return SessionOptions.DEFAULT
        .withContextLength(tokens.length)
        .withBatchSize(batch)
        .withKv(backend.kv(opened));
  }
}
