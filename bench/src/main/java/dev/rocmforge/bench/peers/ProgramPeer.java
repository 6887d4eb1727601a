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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An engine on the CPU behind a program of ours that is spoken to in lines, as {@code
 * llama-peer.cpp} beside this class says: the same file, tokens, threads, batch and cache type as
 * ours.
 */
public final class ProgramPeer implements Peer {
  private final String name;
  private final List<String> command;
  private final Path model;
  private final SessionOptions options;
  private final Duration patience;

  /**
   * @param name as tables and records call it
   * @param command what starts the program; model and options follow
   * @param caches types of the KV cache that it has as well
   * @param options batch size and cache type
   * @param patience longest wait for one answer
   * @throws InputException if the cache type is one that only one side has
   */
  public ProgramPeer(
      String name,
      List<String> command,
      Set<KvType> caches,
      Path model,
      SessionOptions options,
      Duration patience) {
    this.name = name;
    this.command = List.copyOf(command);
    this.model = model;
    this.options = options;
    this.patience = patience;
    KvStorage kv = options.kv();
    if (!caches.contains(kv.keys()) || !caches.contains(kv.values())) {
      String needed =
          caches.stream().map(KvType::word).sorted().collect(Collectors.joining(" or "));
      throw new InputException(
          "--peers %s: a KV cache of %s needed, %s chosen".formatted(name, needed, kv.word()));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run open(BenchTask task, TokenIds tokens) {
    int context = task.depth() + task.prompt().size() + task.generated();
    return start(tokens, task.threads(), context, task);
  }

  private OpenRun start(TokenIds tokens, int threads, int context, BenchTask task) {
    List<String> words =
        Stream.concat(
                command.stream(),
                Stream.of(
                    model.toString(),
                    "" + threads,
                    "" + context,
                    "" + options.batchSize(),
                    options.kv().keys().word(),
                    options.kv().values().word()))
            .toList();
    PeerProcess process = PeerProcess.start(name(), words, patience);
    try {
      JsonNode ready = process.answer();
      if (number(ready, "threads") != threads) {
        throw new InputException(
            "%s: %d threads needed, it runs %d"
                .formatted(name(), threads, number(ready, "threads")));
      }
      String ids =
          Arrays.stream(tokens.toArray()).mapToObj(" %d"::formatted).collect(Collectors.joining());
      long taken = number(process.ask("tokens" + ids), "tokens");
      if (taken != tokens.size()) {
        throw new InputException(
            "%s: %d tokens given, it took %d".formatted(name(), tokens.size(), taken));
      }
      return new OpenRun(process, task, ready);
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private long number(JsonNode answer, String field) {
    JsonNode value = answer.path(field);
    if (!value.canConvertToLong()) {
      throw new InputException(
          "%s: a number '%s' needed, %s found".formatted(name(), field, answer));
    }
    return value.asLong();
  }

  @Override
  public Optional<List<float[]>> logits(TokenIds tokens, int prompt, int threads) {
    try {
      Path file = Files.createTempFile("rocmforge-peer", ".logits");
      try (OpenRun run = start(tokens, threads, tokens.size(), null)) {
        int steps = tokens.size() - prompt;
        run.process.ask("logits %s %d %d".formatted(file, prompt, steps));
        int width = Math.toIntExact(number(run.ready, "vocabulary"));
        return Optional.of(rows(file, steps + 1, width));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new EnvironmentException("logits of " + name() + ": " + e.getMessage(), e);
    }
  }

  private List<float[]> rows(Path file, int count, int width) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    if (bytes.remaining() != 4L * count * width) {
      throw new InputException(
          "%s: %d rows of %d logits needed, %d bytes found"
              .formatted(name(), count, width, bytes.remaining()));
    }
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[width];
      bytes.slice(4 * i * width, 4 * width).order(bytes.order()).asFloatBuffer().get(row);
      rows.add(row);
    }
    return rows;
  }

  /** A process that has the tokens. */
  private final class OpenRun implements Run {
    private final PeerProcess process;
    private final BenchTask task;
    private final JsonNode ready;

    OpenRun(PeerProcess process, BenchTask task, JsonNode ready) {
      this.process = process;
      this.task = task;
      this.ready = ready;
    }

    @Override
    public String engine() {
      return ready.path("engine").asText(name());
    }

    @Override
    public Samples.Repetition repetition() {
      boolean prefill = task.kind() == Workload.Kind.PREFILL;
      int count = prefill ? task.prompt().size() : task.generated();
      JsonNode answer =
          process.ask("%s %d %d".formatted(prefill ? "prefill" : "decode", task.depth(), count));
      long[] nanos = PeerNanos.of(name(), answer, "nanos", prefill ? 1 : count);
      return prefill
          ? Samples.Repetition.prefill(nanos[0])
          : Samples.Repetition.decode(OptionalLong.empty(), Nanos.of(nanos));
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
