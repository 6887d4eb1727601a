package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchProcess;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.GateJunitXml;
import dev.rocmforge.reports.format.GateMarkdown;
import dev.rocmforge.reports.format.GithubAnnotations;
import dev.rocmforge.reports.gate.Gate;
import dev.rocmforge.reports.gate.GateOutcome;
import dev.rocmforge.reports.gate.GateResult;
import dev.rocmforge.reports.gate.GateSettings;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.Annotation;
import dev.rocmforge.reports.store.Annotations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gate}: a candidate against a baseline, as an exit code. */
@Command(
    name = "gate",
    description = {
      "Judges runs of a candidate: 0 passed, 1 regression, 3 environment, 4 inconclusive.",
      "Either the runs are there (--candidate), or it takes them (--runs)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class GateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--candidate",
      paramLabel = "DIR",
      description = "Folder of the candidate's records.")
  private Path candidate;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Take N runs in processes of their own; bench options follow after --.")
  private Integer runs;

  @Option(
      names = "--baseline",
      paramLabel = "DIR",
      defaultValue = BaselineCommand.FOLDER,
      description = "What 'baseline save' made (default: ${DEFAULT-VALUE}).")
  private Path baseline;

  @Option(
      names = "--history",
      paramLabel = "DIR",
      description = "Judge the newest build of a history against the runs of other builds in it.")
  private Path history;

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = "Another build (project folder or bundle): take --runs pairs A B A B.")
  private Path against;

  @Option(
      names = "--confirm",
      paramLabel = "N",
      defaultValue = "0",
      description = "Up to N more rounds of --runs before slower or inconclusive stands.")
  private int confirm;

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "What counts as a change (default: the project's ci/gate.json).")
  private Path settingsFile;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "rocmforge-gate",
      description = "Folder for gate.md, gate.xml and runs taken (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--github", description = "Print GitHub annotations too.")
  private boolean github;

  @ArgGroup(exclusive = false, heading = "The gate's own test:%n")
  private GateTrials trials;

  @Parameters(paramLabel = "-- BENCH OPTIONS", description = "What --runs measures.")
  private List<String> options = List.of();

  @Override
  public Integer call() {
    GateSettings settings = GateFiles.settings(settingsFile);
    if (trials != null) {
      return trials.run(settings, spec.commandLine().getOut());
    }
    check();
    OutputPlace.checkFolder(out);
    GateResult result = result(settings);
    PrintWriter stdout = spec.commandLine().getOut();
    String summary = GateMarkdown.summary(result);
    GateFiles.write(out.resolve("gate.md"), summary);
    GateFiles.write(out.resolve("gate.xml"), GateJunitXml.report(result));
    stdout.print(summary);
    if (github) {
      stdout.print(GithubAnnotations.lines(result));
    }
    stdout.flush();
    if (!result.comparable()) {
      say("no row compares with the baseline; record one on this machine: %s", recording());
    }
    return code(result.outcome()).code();
  }

  private void check() {
    long ways =
        List.of(candidate != null, runs != null, history != null).stream()
            .filter(given -> given)
            .count();
    if (ways != 1) {
      throw usage("one of --candidate, --runs and --history needed, " + ways + " given");
    }
    if (runs == null && (against != null || confirm > 0 || !options.isEmpty())) {
      throw usage("--against, --confirm and bench options need --runs");
    }
    if ((runs != null && runs < 1) || confirm < 0) {
      throw usage("--runs: at least 1 and --confirm: at least 0 needed");
    }
  }

  private GateResult result(GateSettings settings) {
    if (history != null) {
      return ofHistory(settings);
    }
    if (against != null) {
      BenchProcess other = BenchProcess.of(against);
      GateRuns taken = new GateRuns(Optional.of(other), options, out, line -> say("%s", line));
      return looked(taken, settings, s -> Gate.judgePairs(taken.baseline(), taken.candidate(), s));
    }
    List<RunRecord> before = GateFiles.records(baseline);
    if (before.isEmpty()) {
      throw new EnvironmentException(baseline + ": no baseline; record one: " + recording());
    }
    List<Annotation> annotations = Annotations.in(baseline).read();
    if (candidate != null) {
      List<RunRecord> after = GateFiles.records(candidate);
      if (after.isEmpty()) {
        throw new InputException(candidate + ": no record of a candidate found");
      }
      return Gate.judge(before, after, annotations, settings);
    }
    GateRuns taken = new GateRuns(Optional.empty(), options, out, line -> say("%s", line));
    return looked(taken, settings, s -> Gate.judge(before, taken.candidate(), annotations, s));
  }

  private GateResult ofHistory(GateSettings settings) {
    NewestBuild build = NewestBuild.of(GateFiles.records(history));
    if (build.before().isEmpty()) {
      throw new EnvironmentException(
          history + ": runs of two builds needed, found one; record another: ./rocmforge bench");
    }
    List<Annotation> annotations = Annotations.in(history).read();
    return Gate.judge(build.before(), build.runs(), annotations, settings);
  }

  private interface Judgement {
    GateResult by(GateSettings settings);
  }

  /** The error budget is shared by all looks, so that looking again costs no false alarms. */
  private GateResult looked(GateRuns taken, GateSettings settings, Judgement judgement) {
    GateSettings shared = settings.sharedBy(confirm + 1);
    if (confirm > 0) {
      say(
          "error budget %s, shared by up to %d looks: %s each",
          settings.significance(), confirm + 1, shared.significance());
    }
    taken.take(runs);
    GateResult result = judgement.by(shared);
    for (int round = 1; round <= confirm && GateFiles.openToMoreRuns(result); round++) {
      say(
          "%s after %d runs; round %d of %d to confirm",
          GateMarkdown.words(result.outcome()), taken.candidate().size(), round, confirm);
      taken.take(runs);
      result = judgement.by(shared);
    }
    return result;
  }

  private String recording() {
    return "./rocmforge baseline save --runs 20 --baseline %s%s"
        .formatted(baseline, options.isEmpty() ? "" : " -- " + String.join(" ", options));
  }

  private static ExitCode code(GateOutcome outcome) {
    return switch (outcome) {
      case PASS -> ExitCode.DONE;
      case REGRESSION -> ExitCode.FAILED;
      case ENVIRONMENT -> ExitCode.ENVIRONMENT;
      case INCONCLUSIVE -> ExitCode.INCONCLUSIVE;
    };
  }

  private void say(String format, Object... values) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(Locale.ROOT, "gate: " + format + "%n", values);
    err.flush();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
