package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must be equal for two rows to compare, each with the words a refusal says. */
public enum Facet {
  MODEL("model bytes", row -> row.run().subject().model().sha256()),
  RUNTIME("device runtime", row -> row.run().subject().deviceRuntime().label()),
  BACKEND("backend", row -> row.run().subject().backend().label()),
  KIND("phase", row -> workload(row).kind().name()),
  PROMPT_TOKENS("prompt length", row -> "" + workload(row).promptTokens()),
  GENERATED("generated tokens", row -> "" + workload(row).generatedTokens()),
  DEPTH("depth", row -> "" + workload(row).depth()),
  PROMPT("prompt tokens", row -> workload(row).promptSha256()),
  BATCH("batch", row -> "" + workload(row).batch()),
  KV_TYPE("KV cache type", row -> workload(row).kvType()),
  PRESET("preset", row -> workload(row).preset()),
  SETTINGS("settings", row -> words(workload(row).settings())),
  SWITCHES("switches", row -> switches(row.run())),
  THREADS("threads", row -> "" + workload(row).threads()),
  HARDWARE("hardware", Row::hardware),
  HOST("host", row -> row.run().environment().host());

  /** What was asked of the engine, wherever it ran. */
  public static final Set<Facet> WORK = Collections.unmodifiableSet(EnumSet.range(MODEL, SWITCHES));

  /** The same work on the same machine. */
  public static final Set<Facet> ALL = Collections.unmodifiableSet(EnumSet.allOf(Facet.class));

  /** Variables that change what the engine computes with, not where it keeps files. */
  private static final Pattern SWITCH =
      Pattern.compile(
          "ROCMFORGE_(DISABLE|ENABLE|EXPERT|FORCE|USE|PROFILE)_.*|ROCMFORGE_GPU_SAFE_MODE");

  private final String words;

  @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
  private final Function<Row, String> value;

  Facet(String words, Function<Row, String> value) {
    this.words = words;
    this.value = value;
  }

  /** What it is called in a refusal. */
  public String words() {
    return words;
  }

  /** Its value in a row. */
  public String of(Row row) {
    return value.apply(row);
  }

  /** The value as a person reads it: hashes cut short, an empty one named. */
  public String shown(Row row) {
    String text = of(row);
    if (this == MODEL || this == PROMPT) {
      return text.substring(0, 12);
    }
    return text.isEmpty() ? "none" : text;
  }

  /** The switches set during a run, as {@code NAME=value} in order of their names. */
  public static String switches(RunRecord run) {
    return run.environment().variables().entrySet().stream()
        .filter(entry -> SWITCH.matcher(entry.getKey()).matches())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  private static String words(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  private static Workload workload(Row row) {
    return row.measurement().workload();
  }
}
