package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.DeviceTrial;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gpu.Choice;
import dev.rocmforge.engine.gpu.GpuBackend;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench device}: a first look at a model on the GPU. */
@Command(
    name = "device",
    description = "Opens a model on the GPU and times prefill, decode and its stages once.",
    mixinStandardHelpOptions = true)
final class DeviceTrialCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--model", description = "A GGUF file; written first with --shape.")
  private Path path;

  @Option(names = "--shape", description = "Random weights of this public shape, in Q4_0.")
  private String shape;

  @Option(names = "--kv-type", defaultValue = "f32", converter = KvStorageReader.class)
  private KvStorage kvType;

  @Option(names = "--graph", defaultValue = "AUTO")
  private Choice graph;

  @Option(names = "--q8", defaultValue = "AUTO")
  private Choice q8;

  @Option(names = "--matrix", defaultValue = "AUTO")
  private Choice matrix;

  @Option(names = "--dot2", defaultValue = "AUTO")
  private Choice dot2;

  @Option(names = "--compare", description = "Only the distance from the scalar backend.")
  private boolean compare;

  @Option(names = "--tokens", defaultValue = "33", description = "Prompt of the comparison.")
  private int tokens;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (shape != null && !Files.exists(path)) {
      new SyntheticModel(ModelShape.named(shape), QuantType.Q4_0, false, 1).write(path, _ -> {});
    }
    var options =
        GpuOptions.DEFAULT.withGraph(graph).withQ8Activations(q8).withMatrix(matrix).withDot2(dot2);
    try (GpuBackend backend = GpuBackend.open(HipSettings.ofEnvironment(), options);
        Model model = Model.open(path)) {
      var session = new SessionOptions(0, 512, kvType);
      out.printf(
          "%s on %s (%s), graph %s, q8 %s, matrix %s, kv %s%n",
          path.getFileName(),
          backend.device().properties().name(),
          backend.runtime().kind().label(),
          graph,
          backend.q8Activations(),
          backend.matrix(),
          kvType);
      if (compare) {
        double[] distance =
            DeviceTrial.distance(backend, new ScalarBackend(), model, session, tokens);
        out.printf(
            Locale.ROOT, "relative L2: prefill %.3g, steps %.3g%n", distance[0], distance[1]);
        return ExitCode.DONE.code();
      }
      print(DeviceTrial.of(backend, model, session), out);
      return ExitCode.DONE.code();
    }
  }

  private static void print(DeviceTrial.Result result, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "open %.2f s, prefill %.0f tok/s, decode %.1f tok/s on the device, %.1f with logits%n",
        result.openSeconds(),
        result.prefillTokensPerSecond(),
        result.greedyTokensPerSecond(),
        result.stepTokensPerSecond());
    out.printf("%s%n", result.health());
    ProfileLines.of(result.profile()).forEach(out::println);
  }
}
