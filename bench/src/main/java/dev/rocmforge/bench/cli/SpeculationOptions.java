package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Speculation;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Drafts that several tokens a pass come from. */
final class SpeculationOptions {
  private static final int DEFAULT_TOKENS = 4;

  /** What drafts without a second model. */
  enum Drafts {
    /** What followed when the text last had its present ending. */
    NGRAM
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--draft-model",
      paramLabel = "MODEL",
      description = "A smaller model of the same vocabulary, which drafts what the model confirms.")
  private String draftModel;

  @Option(
      names = "--speculative",
      paramLabel = "KIND",
      description = "ngram: drafts from the text itself, without a draft model.")
  private Drafts kind;

  @Option(
      names = "--speculative-tokens",
      paramLabel = "N",
      description = "Most tokens drafted a step, 0 to 64; 0 drafts none (default: 4).")
  private Integer tokens;

  @Option(
      names = "--speculative-fixed",
      description = "Always draft so many: a seeded text then depends on the seed alone.")
  private boolean fixed;

  /** Empty where no drafts are asked for. */
  Optional<Speculation> asked(ModelPlaces places) {
    if (draftModel != null && kind != null) {
      throw usage("--draft-model and --speculative ngram: one of them needed, both given");
    }
    if (draftModel == null && kind == null) {
      if (tokens != null || fixed) {
        throw usage(
            (tokens != null ? "--speculative-tokens" : "--speculative-fixed")
                + ": --draft-model or --speculative needed");
      }
      return Optional.empty();
    }
    int most = tokens == null ? DEFAULT_TOKENS : tokens;
    if (most < 0 || most > Speculation.LONGEST) {
      throw usage(
          "--speculative-tokens: 0 to %d needed, %d given".formatted(Speculation.LONGEST, most));
    }
    return Optional.of(
        new Speculation(Optional.ofNullable(draftModel).map(places::resolve), most, !fixed));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
