package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.stats.SimulatedRuns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;

/** Made-up runs of one build, an hour apart. */
record GateSpecimens(String jar, Instant start, double load, List<CheckRecord> checks) {
  static final Instant MARCH = Instant.parse("2026-03-01T12:00:00Z");

  static GateSpecimens of(char jar, Instant start) {
    return new GateSpecimens(Character.toString(jar).repeat(64), start, 0.25, Specimens.checks());
  }

  GateSpecimens unchecked() {
    return new GateSpecimens(jar, start, load, List.of());
  }

  GateSpecimens busy() {
    return new GateSpecimens(jar, start, 9, checks);
  }

  /** Runs of pp64 with a noise of 1 %; {@code factor} 1.05 takes 5 % longer. */
  List<RunRecord> runs(int count, double factor, long seed) {
    double[] nanos = new SimulatedRuns(0.01, 0, 0).draw(count, new Random(seed));
    List<RunRecord> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Measurement prefill = Specimens.prefill(new Random(seed + i), 64, factor * nanos[i] / 10);
      runs.add(run(i, List.of(prefill)));
    }
    return runs;
  }

  RunRecord run(int index, List<Measurement> measurements) {
    Subject s = Specimens.subject("Qwen2.5 0.5B Instruct");
    Build build =
        new Build("0.1.0", Optional.of(jar.substring(0, 7)), Optional.of(jar), new TreeMap<>());
    Environment e = Specimens.environment("build-box");
    Environment later =
        new Environment(
            start.plusSeconds(3600L * index),
            e.host(),
            e.os(),
            e.cpuModel(),
            e.cores(),
            e.memoryBytes(),
            e.jvm(),
            e.jvmFlags(),
            OptionalDouble.of(load),
            e.memoryBandwidth(),
            e.device(),
            e.variables());
    return RunRecord.of(
        Status.complete(),
        new Subject(s.model(), s.backend(), s.deviceRuntime(), build),
        later,
        measurements,
        checks);
  }
}
