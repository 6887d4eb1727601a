package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Fitness;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.SpecifiedPeak;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** What a run says of its model, build and machine, by the words people read. */
final class RunFacts {
  private RunFacts() {}

  static SequencedMap<String, String> of(RunRecord run) {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    model(facts, run.subject().model());
    facts.put("Backend", run.subject().backend().label());
    facts.put("Device runtime", run.subject().deviceRuntime().label());
    machine(facts, run.environment());
    build(facts, run.subject().build());
    return facts;
  }

  private static void model(SequencedMap<String, String> facts, ModelFile model) {
    facts.put("Model", model.name());
    facts.put("File", model.fileName() + ", " + Quantity.bytes(model.fileBytes()));
    facts.put("Model SHA-256", model.sha256());
    facts.put(
        "Tensors",
        model.tensorTypes().stream()
            .map(t -> t.tensors() + " × " + t.type() + " (" + Quantity.bytes(t.bytes()) + ")")
            .collect(Collectors.joining(", ")));
  }

  private static void machine(SequencedMap<String, String> facts, Environment e) {
    e.device()
        .ifPresent(
            d -> {
              facts.put("Device", d.name() + " (" + d.architecture() + ")");
              facts.put("Device memory", Quantity.memory(d.memoryBytes()));
              facts.put("Runtime and driver", d.runtimeVersion() + ", driver " + d.driverVersion());
              d.dispatch().forEach((name, choice) -> facts.put("Dispatch, " + name, choice));
            });
    SpecifiedPeak.of(e)
        .ifPresent(
            peak ->
                facts.put(
                    "Bandwidth, specified",
                    Quantity.gigabytesPerSecond(peak.gigabytesPerSecond()) + " GB/s"));
    e.memoryBandwidth()
        .ifPresent(
            b ->
                facts.put(
                    "Bandwidth, measured",
                    Quantity.gigabytesPerSecond(b.gigabytesPerSecond()) + " GB/s"));
    facts.put("Host", e.host());
    facts.put("System", e.os());
    facts.put("Processor", e.cpuModel() + ", " + e.cores() + " logical cores");
    facts.put("Memory", Quantity.memory(e.memoryBytes()));
    facts.put("JVM", e.jvm());
    facts.put("JVM flags", e.jvmFlags().isEmpty() ? "none" : String.join(" ", e.jvmFlags()));
    facts.put(
        "Load before the run",
        e.loadAverage().isPresent()
            ? Quantity.figure(e.loadAverage().getAsDouble()) + " (1 minute)"
            : "unknown");
    e.fitness().ifPresent(f -> fitness(facts, f));
    facts.putAll(e.variables());
  }

  private static void fitness(SequencedMap<String, String> facts, Fitness fitness) {
    String remarks = String.join("; ", fitness.remarks());
    facts.put(
        "Fit to measure", fitness.verdict().word() + (remarks.isEmpty() ? "" : ": " + remarks));
    fitness.facts().forEach((name, value) -> facts.put("Machine, " + name, value));
  }

  private static void build(SequencedMap<String, String> facts, Build build) {
    facts.put(
        "rocmforge",
        build.rocmforgeVersion() + build.gitCommit().map(c -> ", commit " + c).orElse(""));
    build.jarSha256().ifPresent(hash -> facts.put("Engine jar SHA-256", hash));
    build.kernelSha256().forEach((kernel, hash) -> facts.put("Kernel " + kernel, hash));
  }
}
