package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.ReportFiles;
import dev.rocmforge.reports.format.HtmlHardware;
import dev.rocmforge.reports.format.MarkdownComparison;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Ranking;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hardware}: many machines ranked by the same work. */
@Command(
    name = "hardware",
    description = {
      "Ranks machines by the newest checked run of the same work on each: same model bytes, prompt,"
          + " depth, KV type and runtime; the others are refused with the reason.",
      "Exit code 1 if nothing compares."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class HardwareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PLACE",
      arity = "1..*",
      description = "Records (.json) or folders with a history, of any number of machines.")
  private List<Path> places;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page as well.")
  private Path html;

  @Override
  public Integer call() {
    List<RunRecord> runs = CompareCommand.sorted(places);
    Ranking ranking = Ranking.of(runs);
    PrintWriter out = spec.commandLine().getOut();
    out.print(MarkdownComparison.of(ranking));
    if (html != null) {
      out.println(ReportFiles.put(html, HtmlHardware.page(runs)));
    }
    out.flush();
    return (ranking.contests().isEmpty() ? ExitCode.FAILED : ExitCode.DONE).code();
  }
}
