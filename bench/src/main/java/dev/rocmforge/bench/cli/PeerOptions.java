package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.peers.LlamaBenchPeer;
import dev.rocmforge.bench.peers.LlamaBuild;
import dev.rocmforge.bench.peers.LlamaPeer;
import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.Peer;
import dev.rocmforge.validation.machine.Processor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Other engines to measure in turns with ours. */
final class PeerOptions {
  private static final String LLAMA = "llama.cpp";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--peers",
      paramLabel = "NAME",
      split = ",",
      description = {
        "Run other engines on the same model in turns with ours and print ratios: llama.cpp, on",
        "the CPU, built once from the package llama-cpp-python."
      })
  private List<String> peers = List.of();

  @Option(
      names = "--peer-command",
      paramLabel = "PATH",
      description = "A llama-bench of your own, for CPU or GPU, in turns with ours.")
  private Path command;

  @Option(
      names = "--peer-timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "Longest wait for one answer of a peer (default: ${DEFAULT-VALUE}).")
  private int timeout;

  boolean wanted() {
    return !peers.isEmpty() || command != null;
  }

  /**
   * Refuses what does not go together, before anything is built.
   *
   * @param standard whether the preset is the standard one
   */
  void check(boolean standard, boolean gpu) {
    for (String name : peers) {
      if (!name.equals(LLAMA)) {
        throw usage("--peers: " + LLAMA + " needed, '" + name + "' given");
      }
    }
    if (timeout < 1) {
      throw usage("--peer-timeout: at least 1 needed, " + timeout + " given");
    }
    if (!standard) {
      throw usage((peers.isEmpty() ? "--peer-command" : "--peers") + ": --preset standard needed");
    }
    if (gpu && !peers.isEmpty()) {
      throw usage("--peers " + LLAMA + " runs on the CPU; with --gpu --peer-command PATH needed");
    }
    if (command != null && !Files.isExecutable(command)) {
      throw usage("--peer-command: a program needed, " + command + " found");
    }
  }

  /** The peers, built where they must be. */
  List<Peer> open(
      BenchPlan plan,
      Path model,
      Processor processor,
      boolean gpu,
      Map<String, String> environment,
      Consumer<String> lines) {
    Duration patience = Duration.ofSeconds(timeout);
    List<Peer> all = new ArrayList<>();
    if (!peers.isEmpty()) {
      Path root = LlamaBuild.root(environment, Path.of(System.getProperty("user.home")));
      String made = processor.name() + processor.features();
      Path program = new LlamaBuild(root, made, lines).program();
      all.add(new LlamaPeer(List.of(program.toString()), model, plan.session(), patience));
    }
    if (command != null) {
      all.add(new LlamaBenchPeer(command.toAbsolutePath(), model, plan.session(), gpu, patience));
    }
    return all;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
