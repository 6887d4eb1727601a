package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.reports.record.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code bench} measures, as a person says it. */
final class BenchOptions {
  private static final String PREFIX = "ROCMFORGE_BENCH_";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "standard",
      description = {
        "standard: prefill and decode of seeded tokens;",
        "documented: the prompt \"Hello\", then greedy tokens;",
        "prompts: the 15 prompts of datasets/prompts, then greedy tokens (default: standard)."
      })
  private BenchPreset preset;

  @Option(
      names = {"-p", "--prompt-lengths"},
      paramLabel = "N",
      split = ",",
      description = "Prefill lengths (default: 512; 0 measures none).")
  private List<Integer> promptLengths;

  @Option(
      names = {"-n", "--generate"},
      paramLabel = "N",
      split = ",",
      description = "Decode lengths (default: 128, documented: 64; 0 measures none).")
  private List<Integer> generate;

  @Option(
      names = {"-d", "--depths"},
      paramLabel = "N",
      split = ",",
      defaultValue = "0",
      description = "Tokens in the context before (default: ${DEFAULT-VALUE}).")
  private List<Integer> depths;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "Counted repetitions (default: 5).")
  private Integer repetitions;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Repetitions before them (default: until their times are flat; documented: 1).")
  private Integer warmUp;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      split = ",",
      description = "CPU threads (default: one a processor).")
  private List<Integer> threads;

  @Option(
      names = {"-b", "--batch"},
      paramLabel = "N",
      defaultValue = "512",
      description = "Prompt tokens a pass (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--prompt-file",
      paramLabel = "FILE",
      description = "Run the tokens of this text instead of seeded random ones.")
  private Path promptFile;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the random tokens (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private BackendOptions backend;
  @Mixin private ShardOption sharding;

  BackendOptions backend() {
    return backend;
  }

  /** The most threads that any workload uses. */
  int mostThreads() {
    return threadCounts().stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  SessionOptions session(Model model) {
    atLeast(1, batch, "--batch");
    return SessionOptions.DEFAULT.withBatchSize(batch).withKv(backend.kv(model));
  }

  private List<Integer> threadCounts() {
    BackendChoice choice = backend.choice();
    if (threads == null) {
      return List.of(choice.threads(0));
    }
    threads.forEach(count -> atLeast(1, count, "--threads"));
    return threads.stream().map(choice::threads).distinct().toList();
  }

  /**
   * The plan for a model.
   *
   * @param variables of the environment: {@code ROCMFORGE_BENCH_RUNS}, {@code _WARMUP} and {@code
   *     _TOKENS} set what no option sets
   * @param lines receives what a GPU decides, and how many workloads a shard has
   * @return without tasks where there are more shards than workloads
   */
  BenchPlan plan(
      Model model, Map<String, String> variables, ModelPlaces places, Consumer<String> lines) {
    boolean standard = preset == BenchPreset.STANDARD;
    int runs = number(repetitions, variables, "RUNS").orElse(5);
    OptionalInt warm = number(warmUp, variables, "WARMUP");
    atLeast(1, runs, "--repetitions");
    warm.ifPresent(count -> atLeast(0, count, "--warmup"));
    TokenSource source =
        new TokenSource(seed, model.config().vocabularySize(), promptTokens(model));
    List<BenchTask> tasks =
        standard ? standard(source, variables) : prompted(model, variables, places);
    if (tasks.isEmpty()) {
      throw usage("nothing to measure: all lengths are 0");
    }
    List<BenchTask> part = sharding.shard().part(tasks);
    if (part.size() < tasks.size()) {
      lines.accept(
          "Shard %s: %d of %d workloads".formatted(sharding.shard(), part.size(), tasks.size()));
    }
    KvAdvice.lines(model, backend.kv(model)).forEach(lines);
    return new BenchPlan(
        part,
        count -> backend.open(count, lines),
        session(model),
        runs,
        warm.isEmpty() && !standard ? OptionalInt.of(1) : warm,
        source,
        preset.word());
  }

  private List<BenchTask> standard(TokenSource source, Map<String, String> variables) {
    List<Integer> prefills = promptLengths;
    if (prefills == null) {
      prefills = List.of(source.text().map(TokenIds::size).orElse(512));
    }
    List<Integer> decodes = lengths(128, variables);
    List<BenchTask> tasks = new ArrayList<>();
    for (int count : threadCounts()) {
      for (int depth : depths) {
        atLeast(0, depth, "--depths");
        for (int length : prefills) {
          atLeast(0, length, "--prompt-lengths");
          if (length > 0) {
            TokenIds prompt = source.first(depth + length).range(depth, depth + length);
            tasks.add(new BenchTask(Workload.Kind.PREFILL, prompt, 0, depth, count, ""));
          }
        }
        for (int length : decodes) {
          if (length > 0) {
            tasks.add(new BenchTask(Workload.Kind.DECODE, TokenIds.NONE, length, depth, count, ""));
          }
        }
      }
    }
    return tasks;
  }

  private List<BenchTask> prompted(Model model, Map<String, String> variables, ModelPlaces places) {
    if (promptLengths != null || promptFile != null || depths.stream().anyMatch(d -> d != 0)) {
      throw usage(
          "--preset "
              + preset.word()
              + " has its own prompts: --prompt-lengths, --prompt-file and --depths do not go"
              + " with it");
    }
    Tokenizer tokenizer = Tokenizer.of(model.file().metadata());
    Map<String, String> texts =
        preset == BenchPreset.DOCUMENTED ? Map.of("Hello", "Hello") : PromptSuite.read(places);
    List<BenchTask> tasks = new ArrayList<>();
    for (int count : threadCounts()) {
      for (int length : lengths(preset == BenchPreset.DOCUMENTED ? 64 : 128, variables)) {
        texts.forEach(
            (label, text) ->
                tasks.add(
                    new BenchTask(
                        Workload.Kind.DECODE,
                        TokenIds.of(tokenizer.encode(text, EncodeOptions.PLAIN)),
                        length,
                        0,
                        count,
                        label)));
      }
    }
    return tasks;
  }

  private List<Integer> lengths(int otherwise, Map<String, String> variables) {
    if (generate != null) {
      generate.forEach(length -> atLeast(0, length, "--generate"));
      return generate;
    }
    int length = number(null, variables, "TOKENS").orElse(otherwise);
    atLeast(0, length, PREFIX + "TOKENS");
    return List.of(length);
  }

  /** The option, else the variable, else nothing. */
  private OptionalInt number(Integer option, Map<String, String> variables, String name) {
    String variable = variables.get(PREFIX + name);
    if (option != null || variable == null) {
      return option == null ? OptionalInt.empty() : OptionalInt.of(option);
    }
    try {
      return OptionalInt.of(Integer.parseInt(variable.strip()));
    } catch (NumberFormatException e) {
      throw new ParameterException(
          spec.commandLine(),
          PREFIX + name + ": a whole number needed, '" + variable + "' found",
          e);
    }
  }

  private Optional<TokenIds> promptTokens(Model model) {
    if (promptFile == null) {
      return Optional.empty();
    }
    try {
      String text = Files.readString(promptFile);
      int[] ids = Tokenizer.of(model.file().metadata()).encode(text, EncodeOptions.PLAIN);
      return Optional.of(TokenIds.of(ids));
    } catch (IOException e) {
      throw new InputException(promptFile + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
  }

  /** Whether the preset is the one whose tokens every engine can run. */
  boolean standard() {
    return preset == BenchPreset.STANDARD;
  }

  boolean repetitionsGiven() {
    return repetitions != null || System.getenv(PREFIX + "RUNS") != null;
  }

  OptionalInt askedRepetitions() {
    return repetitions == null
        ? OptionalInt.empty()
        : OptionalInt.of(atLeast(1, repetitions, "--repetitions"));
  }

  OptionalInt askedWarmUp() {
    return warmUp == null ? OptionalInt.empty() : OptionalInt.of(atLeast(0, warmUp, "--warmup"));
  }

  int atLeast(int least, int value, String name) {
    if (value < least) {
      throw usage(name + ": at least " + least + " needed, " + value + " given");
    }
    return value;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
