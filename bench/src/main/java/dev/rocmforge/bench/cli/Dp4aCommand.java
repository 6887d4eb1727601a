package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.validation.kernel.KernelCheck;
import dev.rocmforge.validation.kernel.KernelFolder;
import dev.rocmforge.validation.kernel.ProductNoise;
import dev.rocmforge.validation.numeric.Divergence;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate dp4a}: the documented claims on 8-bit activations beside what is measured. */
@Command(
    name = "dp4a",
    description = {
      "Measures what 8-bit activations cost: products of each format on the kernels, and the logits"
          + " of a model on held-out text.",
      "Prints the documented claim beside each figure and judges none."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class Dp4aCommand implements Callable<Integer> {
  private static final String Q8 = "ROCMFORGE_ENABLE_EXPERIMENTAL_Q8_ACTIVATION_FASTPATH";

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Held-out text (default: datasets/golden/models/heldout.txt).")
  private Path file;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens of it (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    HipSettings settings = HipSettings.ofEnvironment();
    Path root =
        settings
            .root()
            .orElseThrow(() -> new InputException("no project here: ROCMFORGE_ROOT needed"));
    products(out, settings, root);
    out.flush();
    logits(out, root);
    out.flush();
    return ExitCode.DONE.code();
  }

  private static void products(PrintWriter out, HipSettings settings, Path root)
      throws InterruptedException {
    out.println("claim: about 0.4 % noise against the scalar kernel, like the format's own");
    out.println("64 x 3584, normal weights and activations; NMSE and its root in %:");
    out.printf("%-6s %12s %8s %14s %8s%n", "type", "dp4a-scalar", "%", "format-exact", "%");
    try (HipRuntime runtime = HipRuntime.open(settings);
        KernelCheck check =
            new KernelCheck(runtime.device(0), new KernelFolder(root.resolve("kernels")))) {
      for (QuantType type : ProductNoise.types()) {
        ProductNoise noise = ProductNoise.measure(check, type);
        out.printf(
            Locale.ROOT,
            "%-6s %12.2e %7.2f%% %14.2e %7.2f%%%n",
            type,
            noise.dp4aAgainstScalar(),
            100 * Math.sqrt(noise.dp4aAgainstScalar()),
            noise.formatAgainstExact(),
            100 * Math.sqrt(noise.formatAgainstExact()));
      }
    }
  }

  private void logits(PrintWriter out, Path root) {
    Path text = file == null ? root.resolve("datasets/golden/models/heldout.txt") : file;
    try (Model opened = Model.open(model.path())) {
      int[] all = opened.tokenizer().encode(Files.readString(text), EncodeOptions.PLAIN);
      if (all.length < tokens) {
        throw new InputException(
            "--tokens %d: %s has %d tokens".formatted(tokens, text, all.length));
      }
      int[] some = Arrays.copyOf(all, tokens);
      List<float[]> scalar = steps(opened, some, "0");
      List<float[]> again = steps(opened, some, "0");
      List<float[]> dp4a = steps(opened, some, "1");
      out.println("claim: coherence is not affected");
      out.printf(
          "%s, %d tokens of %s, one decode step each:%n",
          opened.config().name(), tokens, text.getFileName());
      print(out, "scalar against itself", scalar, again);
      print(out, "dp4a against scalar", scalar, dp4a);
    } catch (IOException e) {
      throw new InputException(text + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private List<float[]> steps(Model opened, int[] some, String q8) {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.put(Q8, q8);
    List<float[]> logits = new ArrayList<>();
    try (Backend backend = BackendChoice.GPU.open(0, GuardOptions.of(variables), line -> {});
        Session session =
            backend.open(opened, SessionOptions.DEFAULT.withContextLength(some.length))) {
      for (int token : some) {
        logits.add(session.step(token).clone());
      }
    }
    return logits;
  }

  private static void print(PrintWriter out, String what, List<float[]> p, List<float[]> q) {
    double sum = 0;
    double most = 0;
    int same = 0;
    for (int i = 0; i < p.size(); i++) {
      double divergence = Divergence.ofLogits(p.get(i), q.get(i));
      sum += divergence;
      most = Math.max(most, divergence);
      same += best(p.get(i)) == best(q.get(i)) ? 1 : 0;
    }
    out.printf(
        Locale.ROOT,
        "  %-22s mean KL %.2e nats, largest %.2e; the same first choice at %d of %d positions%n",
        what,
        sum / p.size(),
        most,
        same,
        p.size());
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
