package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.ImportedRecord;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report import}: another tool's figures into a history. */
@Command(
    name = "import",
    description = {
      "Takes the figures of other tools' files over into a history, as they stand there.",
      "What a format does not hold is said and stays missing."
    },
    mixinStandardHelpOptions = true)
final class ReportImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of one format.")
  private List<Path> files;

  @Mixin private ExchangeFormatOption format;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "The history that receives them; made when missing.")
  private Path out;

  @Override
  public Integer call() {
    List<ImportedRecord> records = new ArrayList<>();
    for (Path file : files) {
      try {
        records.add(format.format().read(file.getFileName().toString(), Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    PrintWriter lines = spec.commandLine().getOut();
    records.forEach(record -> print(record, lines));
    History.Appended done = History.in(out).appendAll(records);
    lines.println("%s: %d files added, %d known".formatted(out, done.added(), done.known()));
    return ExitCode.DONE.code();
  }

  private static void print(ImportedRecord record, PrintWriter lines) {
    lines.println("%s, %s:".formatted(record.fileName(), record.format()));
    for (ImportedFigure figure : record.figures()) {
      String value =
          figure.value().isPresent() ? Quantity.figure(figure.value().getAsDouble()) : "–";
      lines.println(
          "  %s  %s %s, %d samples"
              .formatted(figure.name(), value, figure.unit(), figure.samples().size()));
    }
    record.losses().forEach(loss -> lines.println("  not there: " + loss));
  }
}
