package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A process of its own for an emulated machine, which is read from the environment once. */
final class GpuProcess {
  private GpuProcess() {}

  /** Runs {@code rocmforge} on the emulation; skips the test where it cannot be built. */
  static Said run(Map<String, String> machine, String... arguments)
      throws IOException, InterruptedException {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "c++"))),
        "no C++ compiler: the emulation cannot be built");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Drocmforge.root=" + Path.of("..").toAbsolutePath().normalize(),
                "-cp",
                System.getProperty("java.class.path"),
                Rocmforge.class.getName()));
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile("rocmforge", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("ROCMFORGE_EMULATION"));
      builder.environment().put("ROCMFORGE_HIP_RUNTIME", "cpu-emulation");
      builder.environment().putAll(machine);
      Process process = builder.start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }
}
