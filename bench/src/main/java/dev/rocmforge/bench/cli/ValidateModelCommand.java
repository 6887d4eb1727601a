package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.ModelTexts;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.reports.record.CheckRecord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate model}: does a whole model compute what it should. */
@Command(
    name = "model",
    description = {
      "Golden logits, token-exact greedy runs, perplexity and KL divergence against a reference",
      "that runs beside it, and ways to run that must agree. Exit code 1 if a check fails."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ValidateModelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Text for perplexity and divergence (default: the project's held-out text).")
  private Path file;

  @Option(
      names = "--golden",
      paramLabel = "FILE",
      description = "Logits computed elsewhere, a .json of datasets/golden/oracle.")
  private Path golden;

  @Option(
      names = "--reference",
      paramLabel = "NAME",
      description = "Backend to compare with (default: scalar, for a GPU vector).")
  private BackendChoice reference;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Tokens of a window (default: 256, fewer for large models).")
  private Integer window;

  @Option(
      names = "--windows",
      paramLabel = "N",
      defaultValue = "1",
      description = "Windows from the start of the text (default: ${DEFAULT-VALUE}).")
  private int windows;

  @Mixin private BackendOptions backend;
  @Mixin private CheckOutput output;

  @Override
  public Integer call() {
    if (windows < 1 || (window != null && window < 1)) {
      throw new InputException("--window and --windows of at least 1 needed");
    }
    output.check();
    try (Model opened = Model.open(model.path())) {
      PrintWriter err = spec.commandLine().getErr();
      SessionOptions session = SessionOptions.DEFAULT.withKv(backend.kv(opened));
      int most = Math.min(512, opened.config().contextLength());
      Optional<GpuSubject> gpu =
          GpuSubject.probe(backend, opened, session.withContextLength(most), err::println);
      BackendChoice other = reference != null ? reference : standardReference();
      if (other == BackendChoice.GPU) {
        throw new InputException("--reference: scalar or vector needed, gpu given");
      }
      ModelChecks checks =
          new ModelChecks(
              opened,
              backend,
              other,
              session,
              new ModelChecks.Texts(
                  tokens(opened),
                  windows,
                  Optional.ofNullable(window),
                  Optional.ofNullable(golden)),
              output::print);
      List<CheckRecord> records = new ArrayList<>(checks.run());
      return output.keep(opened, backend.choice(), gpu, records).code();
    }
  }

  private BackendChoice standardReference() {
    return backend.choice() == BackendChoice.VECTOR ? BackendChoice.SCALAR : BackendChoice.VECTOR;
  }

  /** A model without a tokenizer gets seeded tokens: its reference is no worse off. */
  private int[] tokens(Model opened) {
    if (file == null && opened.file().metadata().text("tokenizer.ggml.model").isEmpty()) {
      return new Random(42).ints(4096, 0, opened.config().vocabularySize()).toArray();
    }
    String text =
        file == null
            ? ModelTexts.standard(ModelPlaces.standard().project())
            : ModelTexts.read(file);
    return opened.tokenizer().encode(text, EncodeOptions.PLAIN);
  }
}
