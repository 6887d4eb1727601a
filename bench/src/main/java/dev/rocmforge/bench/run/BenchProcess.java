package dev.rocmforge.bench.run;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code bench} of some build in a process of its own: a run as the gate counts them, with its own
 * JVM, memory layout and compilation.
 *
 * @param command what starts that build's command line
 */
public record BenchProcess(List<String> command) {
  private static final int ENVIRONMENT_EXIT = 3;

  public BenchProcess {
    command = List.copyOf(command);
  }

  /** This very build, started as this process was. */
  public static BenchProcess own(String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-agentlib") && !flag.startsWith("-javaagent"))
        .forEach(command::add);
    command.add("-Drocmforge.root=" + System.getProperty("rocmforge.root", "."));
    command.add(mainClass);
    return new BenchProcess(command);
  }

  /**
   * Another build: a project folder or an unpacked bundle, with its launcher.
   *
   * @throws InputException if the folder has none
   */
  public static BenchProcess of(Path folder) {
    Path launcher = folder.resolve("rocmforge");
    if (!Files.isExecutable(launcher)) {
      throw new InputException(
          folder + ": a project folder or bundle needed, no launcher 'rocmforge' found in it");
    }
    return new BenchProcess(List.of(launcher.toAbsolutePath().toString()));
  }

  /**
   * Runs {@code bench} once. What it says on stderr goes to {@code bench.log} beside its record.
   *
   * @param options of bench, without {@code --out}
   * @param out where its record goes
   * @throws EnvironmentException if it lacked something
   * @throws InputException if it left no record otherwise
   */
  public RunRecord run(List<String> options, Path out) {
    List<String> words = new ArrayList<>(command);
    words.add("bench");
    words.addAll(options);
    words.addAll(List.of("--out", out.toAbsolutePath().toString()));
    Path log = out.resolve("bench.log");
    try {
      Files.createDirectories(out);
      Process process =
          new ProcessBuilder(words)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      process.getOutputStream().close();
      List<String> said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      return record(process.waitFor(), said, log);
    } catch (IOException e) {
      throw new InputException(command.getFirst() + ": cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while a benchmark ran", e);
    }
  }

  /** A run whose output was wrong ends with exit code 1 and leaves its record too. */
  private RunRecord record(int code, List<String> said, Path log) throws IOException {
    if (code <= 1 && said.size() >= 2 && said.get(said.size() - 2).endsWith(".json")) {
      Path file = Path.of(said.get(said.size() - 2));
      return RecordCodec.read(file.toString(), Files.readString(file));
    }
    List<String> errors = Files.readAllLines(log);
    String message =
        "%s bench: exit code %d: %s"
            .formatted(
                command.getFirst(), code, errors.isEmpty() ? "no message" : errors.getLast());
    throw code == ENVIRONMENT_EXIT
        ? new EnvironmentException(message)
        : new InputException(message);
  }
}
