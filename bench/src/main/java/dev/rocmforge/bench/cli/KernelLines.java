package dev.rocmforge.bench.cli;

import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.validation.kernel.KernelVerdict;
import java.io.PrintWriter;
import java.util.List;

/** What the check of kernels prints: failures at once, the rest as a table at the end. */
final class KernelLines {
  private static final long STEP_NANOS = 2_000_000_000L;

  private final PrintWriter out;
  private final PrintWriter err;
  private final int total;
  private final boolean json;
  private long shown = System.nanoTime();

  KernelLines(PrintWriter out, PrintWriter err, int total, boolean json) {
    this.out = out;
    this.err = err;
    this.total = total;
    this.json = json;
  }

  void decided(KernelVerdict verdict, String replay, int done) {
    if (json) {
      out.println(RecordCodec.line(verdict.record()));
    } else if (!verdict.passed()) {
      out.printf(
          "FAILED %s%n  %s%n  %s%n", verdict.of().id(), verdict.failure().orElseThrow(), replay);
    }
    out.flush();
    if (System.nanoTime() - shown > STEP_NANOS) {
      shown = System.nanoTime();
      err.printf("  %d of %d, %s%n", done, total, verdict.of().path());
      err.flush();
    }
  }

  void end(KernelVerdicts verdicts, List<String> after) {
    if (!json) {
      KernelTable.print(out, verdicts.all());
    }
    int done = verdicts.all().size();
    PrintWriter to = json ? err : out;
    after.forEach(to::println);
    to.printf(
        "%d of %d cases done: %d passed, %d failed%n",
        done, total, done - verdicts.failed(), verdicts.failed());
    out.flush();
    err.flush();
  }
}
