package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.peers.JlamaProgram;
import dev.rocmforge.bench.peers.LlamaBenchPeer;
import dev.rocmforge.bench.peers.LlamaBuild;
import dev.rocmforge.bench.peers.ProgramPeer;
import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.Peer;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.validation.machine.Processor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Other engines to measure in turns with ours. */
final class PeerOptions {
  private static final String LLAMA = "llama.cpp";
  private static final String JLAMA = "jlama";
  private static final List<String> NAMES = List.of(LLAMA, JLAMA);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--peers",
      paramLabel = "NAME",
      split = ",",
      description = {
        "Run other engines on the same model in turns with ours and print ratios, on the CPU:",
        "llama.cpp, built once from the package llama-cpp-python, and jlama, built by the Maven",
        "profile 'peers'. Several are separated by commas."
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
      if (!NAMES.contains(name)) {
        throw usage("--peers: " + String.join(" or ", NAMES) + " needed, '" + name + "' given");
      }
    }
    if (Set.copyOf(peers).size() < peers.size()) {
      throw usage("--peers: each name once needed, '" + String.join(",", peers) + "' given");
    }
    if (timeout < 1) {
      throw usage("--peer-timeout: at least 1 needed, " + timeout + " given");
    }
    if (!standard) {
      throw usage((peers.isEmpty() ? "--peer-command" : "--peers") + ": --preset standard needed");
    }
    if (gpu && !peers.isEmpty()) {
      throw usage(
          "--peers "
              + peers.getFirst()
              + " runs on the CPU; with --gpu --peer-command PATH needed");
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
    for (String name : peers) {
      List<String> program;
      Set<KvType> caches;
      if (name.equals(LLAMA)) {
        Path root = LlamaBuild.root(environment, Path.of(System.getProperty("user.home")));
        String made = processor.name() + processor.features();
        program = List.of(new LlamaBuild(root, made, lines).program().toString());
        caches = Set.of(KvType.F32, KvType.F16);
      } else {
        program = new JlamaProgram(Path.of(System.getProperty("rocmforge.root", "."))).command();
        caches = Set.of(KvType.F32);
      }
      all.add(new ProgramPeer(name, program, caches, model, plan.session(), patience));
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
