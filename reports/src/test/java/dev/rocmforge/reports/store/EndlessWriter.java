package dev.rocmforge.reports.store;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A process that appends records until it is killed or refused; says each one that is kept. */
final class EndlessWriter {
  /** Tokens of the decode in each record: its line is about 300 kB. */
  private static final int TOKENS = 3000;

  private EndlessWriter() {}

  static RunRecord record(int number) {
    Measurement decode = Specimens.decode(new Random(number), TOKENS, 58e6);
    return RunRecord.of(
        Status.partial("record " + number),
        Specimens.subject("model"),
        Specimens.environment("host"),
        List.of(decode),
        List.of());
  }

  /**
   * @param arguments folder, number of the first record
   */
  public static void main(String[] arguments) {
    History history = History.in(Path.of(arguments[0]));
    try {
      for (int number = Integer.parseInt(arguments[1]); ; number++) {
        history.append(record(number));
        System.out.println(number);
        System.out.flush();
      }
    } catch (ReportException e) {
      System.out.println(e.getMessage());
    }
  }
}
