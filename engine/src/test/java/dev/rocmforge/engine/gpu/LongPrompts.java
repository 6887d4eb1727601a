package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gpu.CrossWay.Prefill;
import dev.rocmforge.engine.gpu.CrossWay.Weights;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prompts of {@value #TOKENS} tokens and single tokens behind them, against the scalar CPU backend.
 * Results are appended to {@code long.tsv}; what stands there is not run again.
 */
final class LongPrompts {
  static final int TOKENS = 5000;
  private static final int STEPS = 16;

  /**
   * @param prefill relative L2 error of the logits behind the prompt
   * @param steps the largest behind the single tokens
   */
  private record Row(
      String model, String way, double prefill, double steps, double bound, double seconds) {
    String line() {
      return "%s\t%s\t%.3g\t%.3g\t%.3g\t%.1f"
          .formatted(model, way.replace('\t', ' '), prefill, steps, bound, seconds);
    }

    static Row of(String line) {
      String[] parts = line.split("\t", -1);
      return new Row(
          parts[0],
          parts[1],
          Double.parseDouble(parts[2]),
          Double.parseDouble(parts[3]),
          Double.parseDouble(parts[4]),
          Double.parseDouble(parts[5]));
    }
  }

  private final Path file;
  private final Map<String, Row> done = new LinkedHashMap<>();

  LongPrompts(Path folder) throws IOException {
    file = folder.resolve("long.tsv");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        Row row = Row.of(line);
        done.put(row.model + " " + row.way, row);
      }
    }
  }

  private static List<CrossWay> ways(Oracle oracle) {
    List<CrossWay> ways = new ArrayList<>();
    ways.add(new CrossWay(Weights.F16, Prefill.BATCHED, true, 32, KvType.F32, false));
    if (!oracle.name().contains("mamba")) {
      ways.add(new CrossWay(Weights.F16, Prefill.MATRIX, false, 64, KvType.F16, false));
    }
    if (oracle.name().equals("qwen2-tied")) {
      ways.add(new CrossWay(Weights.F16, Prefill.SINGLE, true, 32, KvType.F32, false));
    }
    return ways;
  }

  void run(Oracle oracle, Path scratch) throws IOException {
    List<CrossWay> missing =
        ways(oracle).stream()
            .filter(way -> !done.containsKey(oracle + " " + way.key().replace('\t', ' ')))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    try (CrossReference reference =
            CrossReference.open(oracle, Weights.F16, scratch, TOKENS + STEPS);
        ScalarBackend scalar = new ScalarBackend()) {
      var options = new SessionOptions(TOKENS + STEPS, CrossWay.BATCH, KvType.F32);
      List<float[]> expected;
      try (Session session = scalar.open(reference.model, options)) {
        expected = rows(session, reference, false);
      }
      for (CrossWay way : missing) {
        Row row = measure(oracle, way, reference, expected);
        Files.writeString(
            file, row.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        done.put(row.model + " " + row.way, row);
        System.err.println(row.line().replace('\t', ' '));
      }
    }
  }

  private static Row measure(
      Oracle oracle, CrossWay way, CrossReference reference, List<float[]> expected) {
    long from = System.nanoTime();
    HipSettings settings = HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION);
    try (GpuBackend backend = GpuBackend.open(settings, way.options());
        Session session = backend.open(reference.model, way.session(TOKENS + STEPS))) {
      List<float[]> found = rows(session, reference, way.prefill() == Prefill.SINGLE);
      double steps = 0;
      for (int i = 1; i <= STEPS; i++) {
        steps = Math.max(steps, EmulatedGpu.distance(expected.get(i), found.get(i)));
      }
      return new Row(
          oracle.name(),
          way.key().replace('\t', ' '),
          EmulatedGpu.distance(expected.getFirst(), found.getFirst()),
          steps,
          way.stepBound(reference.layers()),
          (System.nanoTime() - from) / 1e9);
    }
  }

  /** Logits behind the prompt, then behind each single token. */
  private static List<float[]> rows(Session session, CrossReference reference, boolean singles) {
    List<float[]> rows = new ArrayList<>();
    rows.add(reference.prefill(session, singles, TOKENS).clone());
    for (int token : Arrays.copyOfRange(reference.tokens, TOKENS, TOKENS + STEPS)) {
      rows.add(session.step(token).clone());
    }
    return rows;
  }

  int count() {
    return done.size();
  }

  List<String> faults() {
    return done.values().stream()
        .filter(row -> !(row.prefill <= row.bound && row.steps <= row.bound))
        .map(row -> row.line().replace('\t', ' ') + ": bound passed")
        .toList();
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| model | way | behind %d tokens | behind %d more | bound |%n".formatted(TOKENS, STEPS));
    text.append("|---|---|---|---|---|\n");
    for (Row row : done.values()) {
      text.append(
          "| %s | %s | %.1e | %.1e | %.1e |%n"
              .formatted(row.model, row.way, row.prefill, row.steps, row.bound));
    }
    return text.toString();
  }
}
