package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.GoldenText;
import dev.rocmforge.bench.run.OutputCheck;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.ModelFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The checks that a benchmark attaches to its record. */
final class BenchChecks {
  private static final int PROMPT_TOKENS = 8;

  /** The reference is slow: about this many weights are multiplied in all. */
  private static final long WEIGHTS_CHECKED = 4_000_000_000L;

  private static final int LEAST_STEPS = 2;
  private static final int MOST_STEPS = 16;

  private final Model model;
  private final ModelFile file;
  private final BenchOptions options;
  private final ModelPlaces places;
  private final Consumer<String> lines;

  BenchChecks(
      Model model,
      ModelFile file,
      BenchOptions options,
      ModelPlaces places,
      Consumer<String> lines) {
    this.model = model;
    this.file = file;
    this.options = options;
    this.places = places;
    this.lines = lines;
  }

  /** Runs all that apply. */
  List<CheckRecord> run(TokenSource tokens) {
    List<CheckRecord> checks = new ArrayList<>();
    // The reference is checked against the other implementation, everything else against it.
    BackendChoice other =
        options.backend().choice() == BackendChoice.SCALAR
            ? BackendChoice.VECTOR
            : BackendChoice.SCALAR;
    int steps = Math.clamp(WEIGHTS_CHECKED / file.parameters(), LEAST_STEPS, MOST_STEPS);
    try (Backend subject = options.backend().open(options.mostThreads(), lines);
        Backend reference = other.open(0, GuardOptions.of(Map.of()), lines)) {
      OutputCheck check = new OutputCheck(model, subject, options.session(model));
      TokenIds prompt = tokens.withoutText().first(PROMPT_TOKENS);
      checks.add(check.against(reference, prompt, steps));
      golden()
          .ifPresent(
              known -> {
                if (check.sameTokens()) {
                  checks.add(check.against(known));
                } else {
                  lines.accept(
                      "Not checked: greedy tokens against "
                          + known.origin()
                          + ": rounded activations or keys may give others");
                }
              });
    }
    return checks;
  }

  private Optional<GoldenText.Entry> golden() {
    return GoldenText.read(places.project().resolve("datasets/models/greedy.json"))
        .of(file.sha256());
  }
}
