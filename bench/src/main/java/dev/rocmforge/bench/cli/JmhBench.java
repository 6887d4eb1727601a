package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.jmh.JmhPlan;
import dev.rocmforge.bench.jmh.JmhRun;
import dev.rocmforge.bench.run.BenchFiles;
import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import dev.rocmforge.validation.machine.MachineProbe;
import dev.rocmforge.validation.machine.MemoryBandwidth;
import dev.rocmforge.validation.machine.Processor;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code bench --jmh}: check, measure under JMH, record. */
final class JmhBench {
  private static final String ROW = "%-60s %12s  %-24s %9s %10s%n";

  private final JmhPlan plan;
  private final boolean check;
  private final Path folder;
  private final BenchLines lines;
  private final PrintWriter out;

  JmhBench(JmhPlan plan, boolean check, Path folder, BenchLines lines, PrintWriter out) {
    this.plan = plan;
    this.check = check;
    this.folder = folder;
    this.lines = lines;
    this.out = out;
  }

  ExitCode run(BackendChoice choice, Path project) throws InterruptedException {
    if (choice == BackendChoice.GPU) {
      throw new InputException("--jmh: --backend scalar or vector needed, gpu given");
    }
    var chosen = JmhRun.chosen(plan.pattern());
    OutputPlace.checkFolder(folder);
    List<CheckRecord> checks = check ? JmhRun.checks(chosen) : List.of();
    checks.forEach(lines::checked);
    Processor processor = Processor.probe();
    Environment.Bandwidth bandwidth =
        MemoryBandwidth.measure(plan.threads(), processor.lastLevelCacheBytes().orElse(0));
    lines.bandwidth(bandwidth);
    Environment environment =
        MachineProbe.environment(processor, Optional.of(bandwidth), Optional.empty());
    // JMH says how far it is; the result alone goes to stdout.
    var progress =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    List<Measurement> measured = JmhRun.run(plan, progress);
    Subject subject =
        new Subject(
            ModelFile.NONE,
            choice.kind(),
            DeviceRuntime.CPU,
            Fingerprint.build(
                Optional.ofNullable(Rocmforge.class.getPackage().getImplementationVersion()),
                project,
                false));
    RunRecord record = RunRecord.of(Status.complete(), subject, environment, measured, checks);
    table(record);
    lines.files(BenchFiles.write(record, folder));
    return record.correctness() == Correctness.FAILED ? ExitCode.FAILED : ExitCode.DONE;
  }

  private void table(RunRecord record) {
    out.printf(ROW, "operation", "us", "95 % interval", "MB/s", "of memory");
    for (Measurement m : record.measurements()) {
      Interval micros = Throughput.tokensPerSecond(m).orElseThrow().under(1e6);
      out.printf(
          ROW,
          m.workload().name(),
          Quantity.rate(micros.middle()),
          Quantity.range(micros),
          Throughput.gigabytesPerSecond(m).map(r -> Quantity.rate(1000 * r.middle())).orElse("–"),
          Throughput.bandwidthShare(m, record.environment())
              .map(r -> Quantity.percent(r.middle()))
              .orElse("–"));
    }
    out.printf(
        "%d operations, %d threads, each repetition %d of them; output %s%n",
        record.measurements().size(),
        plan.threads(),
        Workload.OPERATIONS_PER_REPETITION,
        record.correctness().label());
  }
}
