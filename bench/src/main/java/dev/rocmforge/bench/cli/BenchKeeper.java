package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchFiles;
import dev.rocmforge.bench.run.BenchRun;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a run's record exactly once: when it is complete, or when Ctrl-C or a failure ends it. The
 * hook runs while the measuring thread goes on, so whoever comes second finds the work done.
 */
final class BenchKeeper {
  private final BenchRun run;
  private final Subject subject;
  private final Environment environment;
  private final List<CheckRecord> checks;
  private final Path folder;
  private final BenchLines lines;
  private final Thread hook;
  private BenchFiles kept;

  BenchKeeper(
      BenchRun run,
      Subject subject,
      Environment environment,
      List<CheckRecord> checks,
      Path folder,
      BenchLines lines) {
    this.run = run;
    this.subject = subject;
    this.environment = environment;
    this.checks = checks;
    this.folder = folder;
    this.lines = lines;
    hook = new Thread(() -> keepPart("interrupted by Ctrl-C or a signal"), "rocmforge-keep");
  }

  /** From now on a signal keeps what was measured. */
  void watch() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void unwatch() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs already.
    }
  }

  /** What has been measured so far as a record. */
  RunRecord record(Status status) {
    Environment known = environment.withDispatch(run.dispatch());
    return RunRecord.of(status, subject, known, run.measurements(), checks);
  }

  /** Writes the record unless it has been written. */
  synchronized BenchFiles keep(Status status) {
    if (kept == null) {
      kept = BenchFiles.write(record(status), folder);
    }
    return kept;
  }

  /** Writes what there is as a partial record and says where, unless it has been written. */
  synchronized void keepPart(String reason) {
    if (kept != null) {
      return;
    }
    try {
      lines.partial(reason);
      lines.files(keep(Status.partial(reason)));
    } catch (RuntimeException e) {
      lines.lost(e);
    }
  }
}
