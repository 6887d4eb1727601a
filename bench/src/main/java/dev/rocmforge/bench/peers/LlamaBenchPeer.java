package dev.rocmforge.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.bench.run.Peer;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A llama-bench of the user's own, for the CPU or a GPU: started anew for each repetition, with its
 * own warm-up, one counted run. It runs tokens of its own and shows no output.
 */
public final class LlamaBenchPeer implements Peer {
  /** Of llama-bench: more than any model has. */
  private static final String ALL_LAYERS = "999";

  private final Path program;
  private final Path model;
  private final SessionOptions options;
  private final boolean gpu;
  private final Duration patience;

  /**
   * @param gpu whether all layers go to its device
   * @param patience longest wait for one run
   * @throws InputException if the cache is not f16, which is llama-bench's
   */
  public LlamaBenchPeer(
      Path program, Path model, SessionOptions options, boolean gpu, Duration patience) {
    this.program = program;
    this.model = model;
    this.options = options;
    this.gpu = gpu;
    this.patience = patience;
    if (!options.kv().equals(KvStorage.of(KvType.F16))) {
      throw new InputException(
          "--peer-command: llama-bench has no cache like ours in %s; --kv-type f16 needed"
              .formatted(options.kv().word()));
    }
  }

  @Override
  public String name() {
    return "llama-bench";
  }

  @Override
  public Run open(BenchTask task, TokenIds tokens) {
    return new OpenRun(task);
  }

  @Override
  public Optional<List<float[]>> logits(TokenIds tokens, int prompt, int threads) {
    return Optional.empty();
  }

  private List<String> words(BenchTask task) {
    boolean prefill = task.kind() == Workload.Kind.PREFILL;
    List<String> words = new ArrayList<>();
    words.add(program.toString());
    Map<String, String> values =
        Map.of(
            "-m", model.toString(),
            "-p", "" + (prefill ? task.prompt().size() : 0),
            "-n", "" + (prefill ? 0 : task.generated()),
            "-d", "" + task.depth(),
            "-b", "" + options.batchSize(),
            "-ub", "" + options.batchSize(),
            "-r", "1",
            "-o", "json");
    values.forEach((option, value) -> words.addAll(List.of(option, value)));
    // Threads of the host say nothing about a run on a device.
    words.addAll(gpu ? List.of("-ngl", ALL_LAYERS) : List.of("-t", "" + task.threads()));
    return words;
  }

  private JsonNode run(BenchTask task) {
    try {
      Path out = Files.createTempFile("rocmforge-peer", ".json");
      Path errors = Files.createTempFile("rocmforge-peer", ".log");
      try {
        Process process =
            new ProcessBuilder(words(task))
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new EnvironmentException(
              "%s: not done within %d s; --peer-timeout gives it longer"
                  .formatted(program, patience.toSeconds()));
        }
        if (process.exitValue() != 0) {
          List<String> said = Files.readAllLines(errors);
          throw new EnvironmentException(
              "%s: ended with exit code %d: %s"
                  .formatted(
                      program,
                      process.exitValue(),
                      said.isEmpty() ? "no message" : said.getLast()));
        }
        return PeerProcess.json(program.toString(), Files.readString(out, StandardCharsets.UTF_8));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(errors);
      }
    } catch (IOException e) {
      throw new EnvironmentException(program + ": cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while " + program + " ran", e);
    }
  }

  /** What llama-bench says it ran must be what was asked. */
  private JsonNode row(BenchTask task) {
    JsonNode answer = run(task);
    if (!answer.isArray() || answer.size() != 1) {
      throw new InputException(program + ": an array of one run needed, " + answer + " found");
    }
    JsonNode row = answer.get(0);
    boolean prefill = task.kind() == Workload.Kind.PREFILL;
    same(row, "n_prompt", prefill ? task.prompt().size() : 0);
    same(row, "n_gen", prefill ? 0 : task.generated());
    same(row, "n_depth", task.depth());
    same(row, "n_ubatch", options.batchSize());
    if (!gpu) {
      same(row, "n_threads", task.threads());
    }
    return row;
  }

  private void same(JsonNode row, String field, long needed) {
    JsonNode value = row.path(field);
    if (!value.canConvertToLong() || value.asLong() != needed) {
      throw new InputException(
          "%s: %s %d needed, %s found"
              .formatted(program, field, needed, value.isMissingNode() ? "none" : value));
    }
  }

  /** Nothing stays open between repetitions. */
  private final class OpenRun implements Run {
    private final BenchTask task;
    private String engine = "llama-bench";

    OpenRun(BenchTask task) {
      this.task = task;
    }

    @Override
    public String engine() {
      return engine;
    }

    @Override
    public Samples.Repetition repetition() {
      JsonNode row = row(task);
      engine =
          "llama-bench %s, %s"
              .formatted(
                  row.path("build_commit").asText("of no stated build"),
                  row.path("backends").asText("of no stated backend"));
      long nanos = PeerNanos.of(program.toString(), row, "samples_ns", 1)[0];
      return new Samples.Repetition(nanos, OptionalLong.empty(), Nanos.of());
    }

    @Override
    public void close() {
      // Its processes have ended.
    }
  }
}
