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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/** Made-up records with plausible noise, the same at every call. */
public final class Specimens {
  private static final String HASH = "0123456789abcdef".repeat(4);

  private Specimens() {}

  /** A complete CPU run of pp512, pp64 and tg128 with a passed and a skipped check. */
  public static RunRecord cpuRun() {
    return record("Qwen2.5 0.5B Instruct", "build-box", checks());
  }

  public static RunRecord record(String modelName, String host, List<CheckRecord> checks) {
    Random random = new Random(7);
    return RunRecord.of(
        Status.complete(),
        subject(modelName),
        environment(host),
        List.of(prefill(random, 64, 71e6), prefill(random, 512, 580e6), decode(random, 128, 58e6)),
        checks);
  }

  public static List<CheckRecord> checks() {
    return List.of(
        CheckRecord.passed(
            "logits against the scalar backend",
            List.of(Figure.atMost("relative L2 error", 3.1e-7, 1e-4))),
        CheckRecord.skipped("perplexity", "no reference for this model"));
  }

  public static Subject subject(String modelName) {
    ModelFile model =
        new ModelFile(
            modelName,
            "qwen2.5-0.5b-instruct-q4_0.gguf",
            HASH,
            428_730_208L,
            "qwen2",
            494_032_768L,
            List.of(
                new ModelFile.TypeShare("Q4_0", 168, 283_115_520L),
                new ModelFile.TypeShare("Q8_0", 1, 144_643_072L),
                new ModelFile.TypeShare("F32", 121, 286_720L)));
    Build build = new Build("0.1.0", Optional.of("3f2b1c9"), Optional.of(HASH), new TreeMap<>());
    return new Subject(model, BackendKind.VECTOR, DeviceRuntime.CPU, build);
  }

  public static Environment environment(String host) {
    return new Environment(
        Instant.parse("2026-03-01T12:30:00Z"),
        host,
        "Linux 6.1.0 amd64",
        "Example EPYC 7B13",
        2,
        25_281_298_432L,
        "Eclipse Adoptium 25.0.1+8",
        List.of("--add-modules=jdk.incubator.vector", "-Xmx3g"),
        OptionalDouble.of(0.25),
        Optional.of(
            new Environment.Bandwidth(
                "read 256 MiB with 2 threads, 3 passes",
                268_435_456L,
                Nanos.of(15_210_000, 14_650_000, 15_020_000))),
        Optional.empty(),
        new TreeMap<>());
  }

  public static Measurement prefill(Random random, int tokens, double nanos) {
    List<Samples.Repetition> repetitions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      repetitions.add(Samples.Repetition.prefill(noisy(random, nanos)));
    }
    return new Measurement(
        workload(Workload.Kind.PREFILL, tokens, 0),
        new Samples(repetitions, Nanos.of((long) (nanos * 1.9), (long) (nanos * 1.1))),
        Optional.of(new Traffic(428_000_000L / tokens, "weights once a batch")));
  }

  public static Measurement decode(Random random, int tokens, double nanosPerToken) {
    List<Samples.Repetition> repetitions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      long[] steps = new long[tokens];
      for (int t = 0; t < tokens; t++) {
        steps[t] = noisy(random, nanosPerToken * (1 + t * 0.0006));
      }
      steps[tokens / 3] += (long) (i == 4 ? nanosPerToken : 0);
      repetitions.add(Samples.Repetition.decode(OptionalLong.of(71_000_000 + i), Nanos.of(steps)));
    }
    return new Measurement(
        workload(Workload.Kind.DECODE, 1, tokens),
        new Samples(
            repetitions,
            Nanos.of((long) (nanosPerToken * tokens * 1.4), (long) (nanosPerToken * tokens))),
        Optional.of(new Traffic(430_900_000L, "weights once, KV cache to the mean depth")));
  }

  public static Workload workload(Workload.Kind kind, int prompt, int generated) {
    return new Workload(
        kind,
        prompt,
        generated,
        0,
        512,
        2,
        "f16",
        "standard",
        42,
        HASH,
        10,
        new Workload.WarmUp(2, true, "slope of the last 2 flat"),
        new TreeMap<>());
  }

  private static long noisy(Random random, double nanos) {
    return Math.round(nanos * (1 + 0.02 * random.nextGaussian()));
  }
}
