package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.store.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report merge}: the histories of many machines in one folder. */
@Command(
    name = "merge",
    description = {
      "Copies the records of folders into one; equal records are kept once.",
      "The folders that are read stay as they are."
    },
    mixinStandardHelpOptions = true)
final class ReportMergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders with .jsonl files.")
  private List<Path> folders;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "The history that receives them; made when missing.")
  private Path out;

  @Override
  public Integer call() {
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new InputException(folder + ": a folder with a history needed, none found");
      }
    }
    List<History> others = folders.stream().map(History::in).toList();
    others.forEach(
        other ->
            other
                .read()
                .torn()
                .forEach(
                    torn ->
                        spec.commandLine()
                            .getErr()
                            .println(
                                "Torn: %s at byte %d, %d bytes of a record that was never finished"
                                    .formatted(torn.file(), torn.offset(), torn.bytes()))));
    History.Appended done = History.in(out).merge(others);
    spec.commandLine()
        .getOut()
        .println("%s: %d records added, %d known".formatted(out, done.added(), done.known()));
    return ExitCode.DONE.code();
  }
}
