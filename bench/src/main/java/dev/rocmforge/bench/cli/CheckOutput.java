package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.Model;
import dev.rocmforge.reports.format.JunitXml;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.store.History;
import dev.rocmforge.validation.machine.MachineProbe;
import dev.rocmforge.validation.machine.Processor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the checks of a model go: stdout, the history, and JUnit XML where it is asked for. */
final class CheckOutput {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "rocmforge-reports",
      description = "Folder of the history that gets the record (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--junit", paramLabel = "FILE", description = "Write the checks as JUnit XML.")
  private Path junit;

  /** Refuses before any work what cannot be written at its end. */
  void check() {
    OutputPlace.checkFolder(out);
    if (junit != null) {
      OutputPlace.checkFile(junit);
    }
  }

  /** One check on one line, or two where it did not pass. */
  void print(CheckRecord check) {
    PrintWriter writer = spec.commandLine().getOut();
    String figures =
        check.figures().stream().map(CheckOutput::figure).collect(Collectors.joining("; "));
    writer.printf(
        "%-7s %s%s%n",
        check.verdict() == CheckVerdict.FAILED ? "FAILED" : check.verdict().label(),
        check.name(),
        figures.isEmpty() ? "" : ": " + figures);
    check.reason().ifPresent(reason -> writer.printf("        %s%n", reason));
    writer.flush();
  }

  private static String figure(Figure figure) {
    String limit =
        figure.limit().isPresent() ? " (at most " + number(figure.limit().getAsDouble()) + ")" : "";
    String unit = figure.unit().isEmpty() ? "" : " " + figure.unit();
    return figure.name() + " " + number(figure.value()) + unit + limit;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  /** Keeps what was found; the exit code that the checks ask for. */
  ExitCode keep(
      Model model, BackendChoice choice, Optional<GpuSubject> gpu, List<CheckRecord> checks) {
    return keep(model, choice, gpu, List.of(), checks);
  }

  /** As {@link #keep} with measurements. */
  ExitCode keep(
      Model model,
      BackendChoice choice,
      Optional<GpuSubject> gpu,
      List<Measurement> measurements,
      List<CheckRecord> checks) {
    Subject subject =
        new Subject(
            Fingerprint.of(model),
            choice.kind(),
            gpu.map(GpuSubject::runtime).orElse(DeviceRuntime.CPU),
            Fingerprint.build(
                Optional.ofNullable(Rocmforge.class.getPackage().getImplementationVersion()),
                ModelPlaces.standard().project(),
                gpu.isPresent()));
    RunRecord record =
        RunRecord.of(
            Status.complete(),
            subject,
            MachineProbe.environment(
                Processor.probe(), Optional.empty(), gpu.map(GpuSubject::device)),
            measurements,
            checks);
    History.in(out).append(record);
    if (junit != null) {
      write(junit, JunitXml.report(record));
    }
    long failed = checks.stream().filter(c -> c.verdict() == CheckVerdict.FAILED).count();
    long skipped = checks.stream().filter(c -> c.verdict() == CheckVerdict.SKIPPED).count();
    PrintWriter writer = spec.commandLine().getOut();
    writer.printf(
        "%d checks: %d passed, %d failed, %d skipped%n",
        checks.size(), checks.size() - failed - skipped, failed, skipped);
    writer.flush();
    return failed > 0 ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }
}
