package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Traffic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Text to tokens and back; its bytes a second are those of the text in UTF-8. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Tokenizing implements Measured {
  private static final int REPEATS = 40;

  /** Words, numbers, marks, code, letters beyond ASCII and runs of blanks. */
  private static final String PIECE =
      """
      A kernel reads 1,234,567 weights; what it cannot hide is memory's latency.
          for (int i = 0; i < rows; i++) { y[i] = dot(w[i], x); }
      Die Größe naïver Schätzungen überrascht selten. 数は記録から来る。 \tEnd.

      """;

  @Param(EmbeddedModel.NAME)
  public String model;

  private final String text = PIECE.repeat(REPEATS);
  private Tokenizer tokenizer;
  private int[] ids;

  @Setup
  public void open() {
    try (GgufFile file = GgufFile.open(EmbeddedModel.file(model))) {
      tokenizer = Tokenizer.of(file.metadata());
    }
    ids = encode();
  }

  @Benchmark
  public int[] encode() {
    return tokenizer.encode(text, EncodeOptions.PLAIN);
  }

  @Benchmark
  public String decode() {
    return tokenizer.decode(ids);
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of("model", List.of(EmbeddedModel.NAME));
  }

  /** What goes in comes back, as a whole and token by token. */
  @Override
  public CheckRecord check() {
    var agreement = new Agreement("Tokenizing", 0);
    Tokenizing one = new Tokenizing();
    one.model = EmbeddedModel.NAME;
    one.open();
    agreement.same("decode", one.text, one.decode());
    var stream = one.tokenizer.stream(true);
    StringBuilder streamed = new StringBuilder();
    for (int id : one.ids) {
      streamed.append(stream.append(id));
    }
    agreement.same("stream", one.text, streamed.append(stream.flush()).toString());
    return agreement.verdict();
  }

  @Override
  public Optional<Traffic> traffic(String method, Map<String, String> parameters) {
    return Optional.of(
        new Traffic(text.getBytes(StandardCharsets.UTF_8).length, "text in UTF-8 once"));
  }
}
