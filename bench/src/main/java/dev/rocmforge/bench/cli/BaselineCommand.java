package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.gate.Baseline;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.Annotation;
import dev.rocmforge.reports.store.RunSeries;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code baseline}: the runs that the gate compares with. */
@Command(
    name = "baseline",
    description = "Keeps the runs that the gate compares with: a folder that fits in git.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BaselineCommand {
  static final String FOLDER = "rocmforge-baseline";

  private static final String ROW = "%-26s %5s %12s %8s %12s %11s  %s%n";

  @Spec private CommandSpec spec;

  @Command(
      name = "save",
      description = "Makes a baseline, or adds runs of the same code to it.",
      mixinStandardHelpOptions = true)
  int save(
      @Option(
              names = "--baseline",
              paramLabel = "DIR",
              defaultValue = FOLDER,
              description = "Where (default: ${DEFAULT-VALUE}).")
          Path folder,
      @Option(names = "--from", paramLabel = "DIR", description = "Records that are there.")
          Path from,
      @Option(
              names = "--runs",
              paramLabel = "N",
              description = "Take N runs; bench options follow after --.")
          Integer runs,
      @Parameters(paramLabel = "-- BENCH OPTIONS", description = "What --runs measures.")
          List<String> options) {
    if ((from == null) == (runs == null)) {
      throw usage("save", "one of --from and --runs needed");
    }
    Baseline baseline = Baseline.in(folder);
    int added = from == null ? taken(runs, options, folder, baseline) : baseline.save(some(from));
    out().printf("%s: %d runs added%n", folder, added);
    return list(folder);
  }

  @Command(
      name = "accept",
      description = "Takes a candidate for the new baseline; earlier runs no longer count.",
      mixinStandardHelpOptions = true)
  int accept(
      @Option(
              names = "--baseline",
              paramLabel = "DIR",
              defaultValue = FOLDER,
              description = "Where (default: ${DEFAULT-VALUE}).")
          Path folder,
      @Option(
              names = "--from",
              paramLabel = "DIR",
              required = true,
              description = "Records of the candidate.")
          Path from,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "Why its times are right; kept beside the runs.")
          String reason) {
    if (reason.isBlank()) {
      throw usage("accept", "--reason: words needed, blank given");
    }
    List<Annotation> written = Baseline.in(folder).accept(some(from), reason);
    for (Annotation annotation : written) {
      out().printf("%s: from %s on: %s%n", annotation.row(), annotation.since(), reason);
    }
    return list(folder);
  }

  @Command(
      name = "list",
      description = "Shows what the gate would compare with, and what it could find.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(
              names = "--baseline",
              paramLabel = "DIR",
              defaultValue = FOLDER,
              description = "Where (default: ${DEFAULT-VALUE}).")
          Path folder) {
    List<Baseline.Line> lines = Baseline.in(folder).list(GateFiles.settings(null));
    out().printf(ROW, "row", "runs", "tokens/s", "noise", "correlation", "detectable", "subject");
    for (Baseline.Line line : lines) {
      out()
          .printf(
              ROW,
              line.name(),
              line.runs(),
              String.format(Locale.ROOT, "%.1f", line.rate()),
              percent(Optional.of(line.noise().scale())),
              String.format(Locale.ROOT, "%.2f", line.noise().correlation()),
              percent(line.detectable()),
              line.subject());
    }
    out().println("detectable: smallest slowing found with 10 runs of a candidate");
    out().flush();
    return ExitCode.DONE.code();
  }

  @Command(
      name = "series",
      description = "Writes records of one build as a compact series for 'gate --self-test'.",
      mixinStandardHelpOptions = true)
  int series(
      @Option(
              names = "--from",
              paramLabel = "DIR",
              required = true,
              description = "Records of the same code on the same machine.")
          Path from,
      @Option(
              names = {"-o", "--out"},
              paramLabel = "FILE",
              required = true,
              description = "The series.")
          Path file) {
    List<RunSeries> series = RunSeries.of(some(from));
    GateFiles.write(file, RunSeries.text(series));
    for (RunSeries one : series) {
      out().printf("%s: %d runs%n", one.row(), one.runs().size());
    }
    out().flush();
    return ExitCode.DONE.code();
  }

  /** Each run is saved as it is taken: the first that cannot be ends it, a kill loses one. */
  private int taken(int runs, List<String> options, Path folder, Baseline baseline) {
    if (runs < 1) {
      throw usage("save", "--runs: at least 1 needed, " + runs + " given");
    }
    PrintWriter err = spec.commandLine().getErr();
    GateRuns taken =
        new GateRuns(
            Optional.empty(),
            options == null ? List.of() : options,
            folder.resolve("runs"),
            line -> {
              err.println("baseline: " + line.replace("candidate ", ""));
              err.flush();
            });
    int[] added = {0};
    taken.take(runs, run -> added[0] += baseline.save(List.of(run)));
    return added[0];
  }

  private static List<RunRecord> some(Path folder) {
    List<RunRecord> records = GateFiles.records(folder);
    if (records.isEmpty()) {
      throw new InputException(folder + ": no record found");
    }
    return records;
  }

  private static String percent(Optional<Double> share) {
    return share.map(value -> String.format(Locale.ROOT, "%.1f %%", 100 * value)).orElse("–");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private ParameterException usage(String command, String message) {
    return new ParameterException(spec.commandLine().getSubcommands().get(command), message);
  }
}
