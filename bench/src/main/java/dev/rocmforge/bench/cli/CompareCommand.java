package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.ReportFiles;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.HtmlComparison;
import dev.rocmforge.reports.format.MarkdownComparison;
import dev.rocmforge.reports.format.Report;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Pairing;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code compare}: one set of runs against another on the same hardware. */
@Command(
    name = "compare",
    description = {
      "Compares runs B with runs A: only rows of the same model bytes, prompt, depth, KV type,"
          + " runtime and hardware; the others are refused with the reason.",
      "Exit code 1 if nothing compares."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "A record (.json) or a history's folder.")
  private Path a;

  @Parameters(index = "1", paramLabel = "B", description = "What is held against it.")
  private Path b;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page as well.")
  private Path html;

  @Override
  public Integer call() {
    List<RunRecord> first = sorted(List.of(a));
    List<RunRecord> second = sorted(List.of(b));
    Pairing pairing = Pairing.of(first, second);
    PrintWriter out = spec.commandLine().getOut();
    out.print(MarkdownComparison.of(pairing));
    if (html != null) {
      out.println(ReportFiles.put(html, HtmlComparison.page(first, second)));
    }
    out.flush();
    return (pairing.pairs().isEmpty() ? ExitCode.FAILED : ExitCode.DONE).code();
  }

  /** Runs of places, oldest first, at least one. */
  static List<RunRecord> sorted(List<Path> places) {
    List<RunRecord> runs = Report.oldestFirst(ReportCommand.runs(places));
    if (runs.isEmpty()) {
      throw new InputException(places.getFirst() + ": a run needed, none found");
    }
    return runs;
  }
}
