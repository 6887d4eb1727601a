package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.exchange.ExchangeFormat;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
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

/** {@code report export}: records in the format of another tool. */
@Command(
    name = "export",
    description = {
      "Writes records in the format of another tool.",
      "Where that knows rows by name only, the newest of each is written."
    },
    mixinStandardHelpOptions = true)
final class ReportExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PLACE",
      arity = "1..*",
      description = "Folders with a history, or records (.json).")
  private List<Path> places;

  @Mixin private ExchangeFormatOption format;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where to write (default: stdout).")
  private Path out;

  @Override
  public Integer call() {
    List<RunRecord> records = new ArrayList<>();
    places.forEach(place -> records.addAll(read(place)));
    ExchangeFormat to = format.format();
    List<ExchangeFormat.Row> rows = to.rows(records);
    if (rows.isEmpty()) {
      throw new InputException(
          "%s: a finished measurement that %s can hold needed, none found in %d records"
              .formatted(places, to.word(), records.size()));
    }
    long all = records.stream().mapToLong(record -> record.measurements().size()).sum();
    if (rows.size() < all) {
      spec.commandLine()
          .getErr()
          .println(
              "%d of %d measurements written: %s"
                  .formatted(
                      rows.size(),
                      all,
                      to.onePerName()
                          ? to.word() + " holds one of a name, the newest"
                          : "the others are unfinished or single operations"));
    }
    write(to.write(rows));
    return ExitCode.DONE.code();
  }

  /** What a folder's history or a file holds; other tools' figures are not written again. */
  static List<RunRecord> read(Path place) {
    if (Files.isDirectory(place)) {
      return History.in(place).read().records();
    }
    try {
      return List.of(RecordCodec.read(place.toString(), Files.readString(place)));
    } catch (IOException e) {
      throw new InputException(place + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void write(String text) {
    if (out == null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
      return;
    }
    try {
      Files.writeString(out, text);
    } catch (IOException e) {
      throw OutputPlace.refused(out, e);
    }
  }
}
