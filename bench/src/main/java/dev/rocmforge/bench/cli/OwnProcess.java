package dev.rocmforge.bench.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** This very program again, in a process of its own with other variables. */
final class OwnProcess {
  /**
   * How it ended.
   *
   * @param out its stdout; stderr went where this process's goes
   */
  record Result(int code, String out) {}

  private OwnProcess() {}

  /**
   * Runs a command line with the same JVM, flags and classes and waits for it.
   *
   * @param variables set on top of this process's; those of {@code bench} and the decode graph are
   *     taken away first
   */
  static Result run(List<String> words, Map<String, String> variables)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Rocmforge.class.getName());
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ROCMFORGE_BENCH_") || name.endsWith("_DECODE_GRAPH"));
    builder.environment().putAll(variables);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out);
  }
}
