package dev.rocmforge.reports;

import dev.rocmforge.reports.record.BackendKind;
import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.record.Traffic;
import dev.rocmforge.reports.record.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/** Made-up histories of several models on several machines, the same at every call. */
public final class Histories {
  private static final Instant FIRST = Instant.parse("2026-01-05T06:00:00Z");
  private static final List<String> MODELS =
      List.of("Qwen2.5 0.5B Instruct", "Qwen2.5 7B Instruct", "SmolLM2 135M", "Qwen3 4B");
  private static final List<Machine> MACHINES =
      List.of(
          new Machine("tower", "AMD Radeon RX 7900 XTX", "gfx1100", 960, DeviceRuntime.AMD),
          new Machine("attic", "AMD Radeon RX 6900 XT", "gfx1030", 512, DeviceRuntime.AMD),
          new Machine("shelf", "AMD Radeon RX 5700 XT", "gfx1010", 448, DeviceRuntime.AMD),
          new Machine("build-box", "", "", 19, DeviceRuntime.CPU));

  private record Machine(
      String host, String device, String architecture, double bandwidth, DeviceRuntime runtime) {}

  private Histories() {}

  /**
   * Runs in turn on every pair of the first models and machines.
   *
   * @param tokens of a decode, and depths it is measured at
   */
  public static List<RunRecord> of(
      int runs, int models, int machines, int repetitions, int tokens, int... depths) {
    Random random = new Random(11);
    List<RunRecord> records = new ArrayList<>();
    int pairs = models * machines;
    for (int i = 0; i < runs; i++) {
      int round = i / pairs;
      int rounds = Math.max(1, runs / pairs);
      int model = i % pairs / machines;
      Machine machine = MACHINES.get(i % machines);
      boolean slower = i % machines == 0 && model == 0 && round >= 0.7 * rounds;
      boolean faster = i % machines == 1 && round >= 0.5 * rounds;
      double factor = (slower ? 1.09 : 1) * (faster ? 0.85 : 1);
      factor *= 1 + 0.008 * random.nextGaussian();
      List<Measurement> measured = new ArrayList<>();
      for (int depth : depths) {
        measured.add(prefill(random, model, machine, factor, repetitions, depth));
        measured.add(decode(random, model, machine, factor, repetitions, tokens, depth));
      }
      boolean unchecked = i % 17 == 16;
      records.add(
          RunRecord.of(
              Status.complete(),
              subject(model, machine, round),
              environment(machine, FIRST.plus(Duration.ofHours(7L * round)).plusSeconds(i)),
              measured,
              unchecked ? List.of() : checks()));
    }
    return records;
  }

  /** Verdicts as {@code validate kernels --json} writes them. */
  public static List<CheckRecord> kernels() {
    Random random = new Random(5);
    List<CheckRecord> checks = new ArrayList<>();
    for (String path :
        List.of(
            "ops/attention", "ops/rope", "q4_0/gemv", "q4_0/gemv_q8", "q4_k/gemv", "q8_0/gemm")) {
      for (int i = 0; i < 6; i++) {
        double share = Math.pow(10, -2.5 + 2 * random.nextDouble());
        boolean wrong = path.equals("q4_k/gemv") && i == 3;
        List<Figure> figures =
            List.of(
                Figure.atMost("largest error / bound", wrong ? 37.5 : share, 1),
                new Figure("NMSE", share * 1e-9, OptionalDouble.empty(), ""),
                new Figure("relative L2 error", share * 1e-5, OptionalDouble.empty(), ""));
        String name = "kernel " + path + ":COLS=" + (256 << i) + ":w32:random:" + i;
        checks.add(
            wrong
                ? CheckRecord.failed(name, "element 17: 3.25 needed, 4.5 found", figures)
                : CheckRecord.passed(name, figures));
      }
    }
    return checks;
  }

  private static List<CheckRecord> checks() {
    return List.of(
        CheckRecord.passed(
            "logits against the scalar backend",
            List.of(Figure.atMost("relative L2 error", 3.1e-7, 1e-4))));
  }

  private static Subject subject(int model, Machine machine, int round) {
    String digit = Integer.toHexString(model + 1);
    long bytes = 400_000_000L * (model * model + 1);
    ModelFile file =
        new ModelFile(
            MODELS.get(model),
            "model-" + model + "-q4_0.gguf",
            digit.repeat(64),
            bytes,
            model == 2 ? "llama" : "qwen2",
            bytes * 16 / 9,
            List.of(new ModelFile.TypeShare("Q4_0", 168, bytes)));
    TreeMap<String, String> kernels = new TreeMap<>();
    if (machine.runtime() != DeviceRuntime.CPU) {
      kernels.put("q4_0/gemv_q8", hash(round / 5 + 16));
    }
    Build build =
        new Build(
            "0.1.0",
            Optional.of(Integer.toHexString(round * 7919 + 4096)),
            Optional.of(hash(round + 1)),
            kernels);
    boolean cpu = machine.runtime() == DeviceRuntime.CPU;
    return new Subject(file, cpu ? BackendKind.VECTOR : BackendKind.GPU, machine.runtime(), build);
  }

  private static Environment environment(Machine machine, Instant time) {
    boolean cpu = machine.runtime() == DeviceRuntime.CPU;
    return new Environment(
        time,
        machine.host(),
        "Linux 6.1.0 amd64",
        cpu ? "Example EPYC 7B13" : "Example Ryzen 7",
        cpu ? 2 : 16,
        25_281_298_432L,
        "Eclipse Adoptium 25.0.1+8",
        List.of("--add-modules=jdk.incubator.vector"),
        OptionalDouble.of(0.25),
        Optional.of(
            new Environment.Bandwidth(
                cpu
                    ? "read 256 MiB with 2 threads, 3 passes"
                    : "copy 1 GiB on the device, 3 passes",
                1_000_000_000L,
                Nanos.of(Math.round(1e9 / (0.9 * machine.bandwidth()))))),
        cpu
            ? Optional.empty()
            : Optional.of(
                new Environment.Device(
                    machine.device(),
                    machine.architecture(),
                    17_163_091_968L,
                    "70226015",
                    "60443")),
        new TreeMap<>(cpu ? Map.of() : Map.of("ROCMFORGE_ENABLE_DECODE_GRAPH", "1")));
  }

  private static Measurement prefill(
      Random random, int model, Machine machine, double factor, int repetitions, int depth) {
    long bytes = 400_000_000L * (model * model + 1);
    double nanos = factor * 6 * bytes / machine.bandwidth() * (1 + depth / 8192.0);
    List<Samples.Repetition> all = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      all.add(Samples.Repetition.prefill(noisy(random, nanos)));
    }
    return new Measurement(
        workload(Workload.Kind.PREFILL, 512, 0, depth, machine, repetitions),
        new Samples(all, Nanos.of(noisy(random, 1.3 * nanos), noisy(random, nanos))),
        Optional.of(new Traffic(bytes / 512 + 1000, "weights once a batch")));
  }

  private static Measurement decode(
      Random random,
      int model,
      Machine machine,
      double factor,
      int repetitions,
      int tokens,
      int depth) {
    long bytes = 400_000_000L * (model * model + 1) + 12_000L * depth;
    double nanos = factor * 1.6 * bytes / machine.bandwidth();
    List<Samples.Repetition> all = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      long[] steps = new long[tokens];
      for (int t = 0; t < tokens; t++) {
        steps[t] = noisy(random, nanos * (random.nextInt(60) == 0 ? 1.4 : 1));
      }
      all.add(
          Samples.Repetition.decode(OptionalLong.of(noisy(random, 3 * nanos)), Nanos.of(steps)));
    }
    return new Measurement(
        workload(Workload.Kind.DECODE, 1, tokens, depth, machine, repetitions),
        new Samples(all, Nanos.of(noisy(random, nanos * tokens))),
        Optional.of(new Traffic(bytes, "weights once, KV cache to the mean depth")));
  }

  private static Workload workload(
      Workload.Kind kind, int prompt, int generated, int depth, Machine machine, int repetitions) {
    return new Workload(
        kind,
        prompt,
        generated,
        depth,
        512,
        machine.runtime() == DeviceRuntime.CPU ? 2 : 1,
        "f16",
        "standard",
        42,
        hash(prompt + depth),
        repetitions,
        new Workload.WarmUp(2, true, "slope of the last 2 flat"),
        new TreeMap<>());
  }

  private static String hash(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(64 - digits.length()) + digits;
  }

  private static long noisy(Random random, double nanos) {
    return Math.round(nanos * (1 + 0.012 * random.nextGaussian()));
  }
}
