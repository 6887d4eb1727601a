package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Speculation;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.sampling.SamplerOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code run}, which are also those of {@code rocmforge} without a command. */
final class RunOptions {
  private static final int DEFAULT_MAX_TOKENS = 256;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "A GGUF file, or a name that 'models list' shows.")
  private String model;

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What the model goes on from.")
  private String prompt;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Most tokens generated (default: 256).")
  private Integer maxTokens;

  @Mixin private SamplingOptions sampling;

  @Option(names = "--no-template", description = "No chat template: the prompt as it is.")
  private boolean noTemplate;

  @Mixin private BackendOptions backend;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "CPU threads (default: one a processor).")
  private Integer threads;

  @Option(
      names = {"-c", "--ctx-size"},
      paramLabel = "N",
      description =
          "Tokens that the context holds (default: prompt and generation, at most the model's).")
  private Integer contextSize;

  @Option(
      names = "--list-tensors",
      description = "Print the tensors of the model to stdout and exit.")
  private boolean listTensors;

  @Option(
      names = "--prefill-only-validate",
      description = "Run the prompt alone: exit 0 when all logits are finite, 1 on NaN or Inf.")
  private boolean prefillOnlyValidate;

  @Option(
      names = "--kv-dump",
      paramLabel = "FILE",
      description = "Write the KV cache after the prefill to a binary file (KVCACHE1).")
  private Path kvDump;

  @Mixin private SpeculationOptions speculation;

  @Option(
      names = "--debug",
      description = "Likeliest tokens after the prefill, every token, stack traces.")
  private boolean debug;

  /** Runs what the options ask for; the exit code. */
  int run() {
    if (model == null) {
      throw usage("Missing required option: '--model=MODEL'");
    }
    Path file = ModelPlaces.standard().resolve(model);
    if (listTensors) {
      return TensorList.print(file, spec.commandLine().getOut());
    }
    return new TextRun(this, new RunLines(spec.commandLine().getErr())).run(file);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int atLeastOne(Integer value, String name, int otherwise) {
    if (value != null && value < 1) {
      throw usage(name + ": at least 1 needed, " + value + " given");
    }
    return value == null ? otherwise : value;
  }

  java.io.PrintWriter out() {
    return spec.commandLine().getOut();
  }

  String prompt() {
    return prompt;
  }

  /** Empty where the person leaves it to the default. */
  OptionalInt askedMaxTokens() {
    return maxTokens == null
        ? OptionalInt.empty()
        : OptionalInt.of(atLeastOne(maxTokens, "--max-tokens", DEFAULT_MAX_TOKENS));
  }

  int maxTokens() {
    return askedMaxTokens().orElse(DEFAULT_MAX_TOKENS);
  }

  /** A value out of range is a wrong command line. */
  SamplerOptions sampler() {
    try {
      return sampling.toSampler();
    } catch (InputException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  Optional<Speculation> speculation() {
    return speculation.asked(ModelPlaces.standard());
  }

  boolean template() {
    return !noTemplate;
  }

  BackendOptions backend() {
    return backend;
  }

  /** 0 where the person leaves it to the backend. */
  int threads() {
    return atLeastOne(threads, "--threads", 0);
  }

  /** 0 where the person leaves it to the prompt. */
  int contextSize() {
    return atLeastOne(contextSize, "--ctx-size", 0);
  }

  boolean prefillOnlyValidate() {
    return prefillOnlyValidate;
  }

  Optional<Path> kvDump() {
    return Optional.ofNullable(kvDump);
  }

  boolean debug() {
    return debug;
  }
}
