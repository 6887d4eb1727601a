package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Prompt;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.validation.model.NanSight;
import dev.rocmforge.validation.model.NanTrials;
import dev.rocmforge.validation.model.PrefillCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate prefill}: is every value finite, and where did the first one go bad. */
@Command(
    name = "prefill",
    description = {
      "Runs a prefill and judges its logits and every value on the way; on NaN or Inf it names the",
      "first layer, operation, row and element, and the largest finite magnitude before it.",
      "Exit code 0 when all is finite, 1 otherwise."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ValidatePrefillCommand implements Callable<Integer> {
  private static final int SEED = 42;

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "The prompt, without a template (default: seeded tokens).")
  private String prompt;

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      defaultValue = "64",
      description = "Seeded tokens where there is no prompt (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = {"-b", "--batch"},
      paramLabel = "N",
      defaultValue = "512",
      description = "Prompt tokens a pass (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--plant",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Prove the trace on this model: N NaNs at random places of a copy, one after the other;",
        "each must be named by layer and operation."
      })
  private int plants;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the places (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private BackendOptions backend;
  @Mixin private CheckOutput output;

  @Override
  public Integer call() {
    if (tokens < 1 || plants < 0) {
      throw new InputException(
          "--tokens of at least 1 and --plant of at least 0 needed, %d and %d given"
              .formatted(tokens, plants));
    }
    output.check();
    Path file = model.path();
    try (Model opened = Model.open(file)) {
      int[] ids = ids(opened);
      SessionOptions session =
          SessionOptions.DEFAULT
              .withBatchSize(batch)
              .withKv(backend.kv(opened))
              .withContextLength(ids.length);
      PrintWriter err = spec.commandLine().getErr();
      Optional<GpuSubject> gpu = GpuSubject.probe(backend, opened, session, err::println);
      List<CheckRecord> checks = new ArrayList<>();
      try (Backend engine = backend.open(0, line -> {})) {
        PrefillCheck check = PrefillCheck.of(probe -> engine.open(opened, session, probe), ids);
        checks.add(check.record(path(engine, ids.length)));
        if (engine instanceof GuardedBackend guarded && !guarded.fellBack()) {
          checks.add(
              NanSight.of(guarded.gpu().device(), guarded.gpu().kernelLibrary(), System.getenv())
                  .record());
        }
        if (plants > 0) {
          checks.add(plant(file, engine, session, ids));
        }
      }
      checks.forEach(output::print);
      return output.keep(opened, backend.choice(), gpu, checks).code();
    }
  }

  private int[] ids(Model opened) {
    return prompt != null
        ? Prompt.of(opened.tokenizer(), prompt, false).tokens().toArray()
        : new TokenSource(SEED, opened.config().vocabularySize(), Optional.empty())
            .first(tokens)
            .toArray();
  }

  /** Where the prompt ran, in the router's words. */
  private String path(Backend engine, int length) {
    return engine instanceof GuardedBackend guarded
        ? guarded.route().map(r -> (guarded.fellBack() ? "" : "GPU, ") + r.path()).orElseThrow()
        : "CPU %s, batches of up to %d"
            .formatted(backend.choice().kind().label(), Math.min(batch, length));
  }

  private CheckRecord plant(Path file, Backend engine, SessionOptions session, int[] ids) {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    Backend device = engine instanceof GuardedBackend guarded ? guarded.gpu() : engine;
    List<NanTrials.Trial> trials;
    try (NanTrials planted = new NanTrials(file, folder, device, session, ids)) {
      trials =
          planted.run(
              plants,
              seed,
              trial -> {
                if (trial.outcome() == NanTrials.Outcome.WRONG) {
                  out.printf("WRONG %s: %s%n", trial.placement(), trial.said());
                  out.flush();
                }
              });
    }
    int unreached = count(trials, NanTrials.Outcome.UNREACHED);
    int wrong = count(trials, NanTrials.Outcome.WRONG);
    String name =
        "%d planted NaNs (seed %d) are named by layer and operation".formatted(plants, seed);
    List<Figure> figures =
        List.of(
            Figure.atMost("wrong", wrong, 0),
            plain("named", plants - wrong - unreached),
            plain("out of the prompt's reach and finite", unreached));
    return wrong == 0
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, wrong + " of " + plants + " not named", figures);
  }

  private static int count(List<NanTrials.Trial> trials, NanTrials.Outcome outcome) {
    return (int) trials.stream().filter(trial -> trial.outcome() == outcome).count();
  }

  private static Figure plain(String name, double value) {
    return new Figure(name, value, OptionalDouble.empty(), "");
  }
}
