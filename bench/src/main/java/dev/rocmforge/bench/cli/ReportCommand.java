package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.ReportFiles;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.Html;
import dev.rocmforge.reports.format.MarkdownReport;
import dev.rocmforge.reports.format.Report;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.KernelSpeedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: what is made of records. */
@Command(
    name = "report",
    description = {
      "Makes a page or a Markdown summary of records; without --html and --markdown the summary"
          + " goes to stdout.",
      "Its subcommands merge and exchange records."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {ReportMergeCommand.class, ReportExportCommand.class, ReportImportCommand.class})
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PLACE",
      arity = "0..*",
      description = "Folders with a history, or records (.json).")
  private List<Path> places = List.of();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write one self-contained page; runs it does not show in full lie beside it.")
  private Path html;

  @Option(names = "--markdown", paramLabel = "FILE", description = "Write the summary as Markdown.")
  private Path markdown;

  @Option(
      names = "--show",
      paramLabel = "N",
      defaultValue = "6",
      description = "Runs shown in full, the newest of each model on each machine (default: 6).")
  private int show;

  @Option(
      names = "--kernel-checks",
      paramLabel = "FILE",
      description = "What 'validate kernels --json' printed; repeatable.")
  private List<Path> kernelChecks = List.of();

  @Option(
      names = "--kernel-speeds",
      paramLabel = "FILE",
      description = "What 'bench kernels' printed; repeatable.")
  private List<Path> kernelSpeeds = List.of();

  @Override
  public Integer call() {
    if (places.isEmpty() && kernelChecks.isEmpty() && kernelSpeeds.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "a folder, a record or a command needed");
    }
    if (show < 1) {
      throw new ParameterException(spec.commandLine(), "--show: at least 1 needed, " + show);
    }
    Report report =
        new Report(
            runs(places),
            kernelChecks.stream().flatMap(file -> checks(file).stream()).toList(),
            kernelSpeeds.stream().map(KernelSpeedFile::read).toList(),
            show,
            Optional.empty());
    if (html != null) {
      List<RunRecord> hidden = report.hidden();
      Path rest = ReportFiles.beside(html);
      if (!hidden.isEmpty()) {
        report = report.withRest(rest.getFileName().toString());
        ReportFiles.put(rest, hidden);
      }
      said(ReportFiles.put(html, Html.page(report)));
    }
    if (markdown != null) {
      said(ReportFiles.put(markdown, MarkdownReport.summary(report)));
    }
    if (html == null && markdown == null) {
      spec.commandLine().getOut().print(MarkdownReport.summary(report));
      spec.commandLine().getOut().flush();
    }
    return ExitCode.DONE.code();
  }

  private void said(Path file) {
    spec.commandLine().getOut().println(file);
    spec.commandLine().getOut().flush();
  }

  /** The runs of all places, each once. */
  static List<RunRecord> runs(List<Path> places) {
    if (places.size() == 1) {
      return ReportExportCommand.read(places.getFirst());
    }
    Set<String> seen = new LinkedHashSet<>();
    List<RunRecord> runs = new ArrayList<>();
    for (Path place : places) {
      for (RunRecord run : ReportExportCommand.read(place)) {
        if (seen.add(RecordCodec.line(run))) {
          runs.add(run);
        }
      }
    }
    return runs;
  }

  private static List<CheckRecord> checks(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      List<CheckRecord> checks = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        checks.add(RecordCodec.readCheck(file + " line " + (i + 1), lines.get(i)));
      }
      return checks;
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
