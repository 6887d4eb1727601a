package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.validation.kernel.SuiteDefinition;
import dev.rocmforge.validation.mutant.Mutant;
import dev.rocmforge.validation.mutant.MutantVerdict;
import dev.rocmforge.validation.mutant.MutantVerdict.Fate;
import dev.rocmforge.validation.mutant.SelfTest;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate self-test}: do the checks see planted faults? */
@Command(
    name = "self-test",
    description = {
      "Plants faults in kernels and references, one at a time, and runs the cases of their"
          + " operations on the emulated runtime up to the first failure.",
      "Exit code 1 if a fault that changes results is not seen."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SelfTestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--mutants",
      paramLabel = "DIR",
      description = "Folder of planted faults (default: kernels/mutants of the project).")
  private Path folder;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only faults whose name begins so.")
  private String filter;

  @Override
  public Integer call() throws InterruptedException {
    Path project =
        HipSettings.ofEnvironment()
            .root()
            .orElseThrow(() -> new InputException("no project here: ROCMFORGE_ROOT needed"));
    Path from = folder == null ? project.resolve("kernels/mutants") : folder;
    List<Mutant> mutants =
        Mutant.in(from).stream().filter(one -> one.name().startsWith(filter)).toList();
    if (mutants.isEmpty()) {
      throw new InputException(from + ": no planted fault there begins with '" + filter + "'");
    }
    PrintWriter out = spec.commandLine().getOut();
    List<String> suite = SuiteDefinition.lines();
    boolean frozen = suite.equals(SuiteDefinition.frozen());
    out.printf(
        "%d faults against suite %s (%s)%n",
        mutants.size(),
        SuiteDefinition.hash(suite),
        frozen ? "as frozen" : "NOT the frozen " + SuiteDefinition.hash(SuiteDefinition.frozen()));
    long began = System.nanoTime();
    List<MutantVerdict> verdicts =
        new SelfTest(project, SelfTestCommand::process)
            .run(mutants, verdict -> print(out, verdict));
    return summary(out, verdicts, (System.nanoTime() - began) / 1e9).code();
  }

  private static void print(PrintWriter out, MutantVerdict verdict) {
    out.printf(
        Locale.ROOT,
        "%-10s %5.1f s  %s: %s%n                    %s%n",
        verdict.fate().label(),
        verdict.seconds(),
        verdict.mutant().name(),
        verdict.mutant().fault(),
        verdict.words());
    out.flush();
  }

  private static ExitCode summary(PrintWriter out, List<MutantVerdict> verdicts, double seconds) {
    long killed = count(verdicts, Fate.KILLED);
    long survived = count(verdicts, Fate.SURVIVED);
    long broken = count(verdicts, Fate.BROKEN);
    out.printf(
        Locale.ROOT,
        "%d of %d faults that change results killed (%.1f %%), %d equivalent, %d broken; %.0f s%n",
        killed,
        killed + survived,
        100.0 * killed / Math.max(1, killed + survived),
        count(verdicts, Fate.EQUIVALENT),
        broken,
        seconds);
    verdicts.stream()
        .filter(one -> one.fate() == Fate.SURVIVED || one.fate() == Fate.BROKEN)
        .forEach(one -> out.printf("%s: %s%n", one.fate().label(), one.mutant().name()));
    return survived + broken == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static long count(List<MutantVerdict> verdicts, Fate fate) {
    return verdicts.stream().filter(one -> one.fate() == fate).count();
  }

  /** This very program again, on the emulation, with one thread for the blocks. */
  private static ProcessBuilder process(Optional<Path> classes, List<String> arguments) {
    String classPath = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes.map(first -> first + File.pathSeparator + classPath).orElse(classPath),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Drocmforge.root=" + HipSettings.ofEnvironment().root().orElseThrow(),
                Rocmforge.class.getName()));
    command.addAll(arguments);
    command.add("--no-record");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "ROCMFORGE_HIP_RUNTIME",
                "cpu-emulation",
                "ROCMFORGE_EMULATION_THREADS",
                "1",
                "ROCMFORGE_EMULATION_TIMEOUT_MS",
                "20000",
                "XDG_RUNTIME_DIR",
                ownLocks()));
    return builder;
  }

  /** Each process has an emulated device of its own, so that none waits for another's lock. */
  private static String ownLocks() {
    try {
      Path folder = Files.createTempDirectory("rocmforge-locks");
      folder.toFile().deleteOnExit();
      return folder.toString();
    } catch (IOException e) {
      throw new InputException("no folder for locks can be made: " + e.getMessage(), e);
    }
  }
}
