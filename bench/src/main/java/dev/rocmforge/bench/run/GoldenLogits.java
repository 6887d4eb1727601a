package dev.rocmforge.bench.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.validation.model.LogitsDistance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Logits of a model computed by another program, as {@code datasets/golden/oracle} holds them.
 *
 * @param model file name
 * @param architecture for people
 * @param logits file beside this one: little-endian f32, row by row
 * @param reference who computed them
 * @param runs token sequences with the rows known of each
 */
public record GoldenLogits(
    String model, String architecture, String logits, String reference, List<Run> runs) {
  /**
   * One sequence.
   *
   * @param first_position position of the first row that is known
   * @param rows how many are
   * @param vocab values of a row
   * @param byte_offset of the first row in the file
   */
  @SuppressWarnings("checkstyle:RecordComponentName") // the names of the file
  public record Run(
      List<Integer> tokens, int first_position, int rows, int vocab, long byte_offset) {
    public Run {
      tokens = List.copyOf(tokens);
    }
  }

  public GoldenLogits {
    runs = List.copyOf(runs);
  }

  /**
   * Compares every known row with what a backend computes.
   *
   * @param file the description
   * @param limit relative L2 error that passes
   * @throws InputException if the files are missing or malformed, or are of another model
   */
  public static CheckRecord check(
      Path file, Model model, Backend backend, SessionOptions options, double limit) {
    GoldenLogits golden;
    FloatBuffer all;
    try {
      golden = JsonMapper.builder().build().readValue(file.toFile(), GoldenLogits.class);
      byte[] bytes = Files.readAllBytes(file.resolveSibling(golden.logits));
      all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    double worst = 0;
    int rows = 0;
    for (Run run : golden.runs) {
      if (run.vocab != model.config().vocabularySize()) {
        throw new InputException(
            "%s: rows of %d logits, %s has %d"
                .formatted(
                    file, run.vocab, model.config().name(), model.config().vocabularySize()));
      }
      worst = Math.max(worst, worst(run, all, model, backend, options));
      rows += run.rows;
    }
    String name = "logits of %d positions against %s".formatted(rows, golden.reference);
    List<Figure> figures = List.of(Figure.atMost("largest relative L2 error", worst, limit));
    return worst <= limit
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, "relative L2 error beyond its limit", figures);
  }

  private static double worst(
      Run run, FloatBuffer all, Model model, Backend backend, SessionOptions options) {
    int[] tokens = run.tokens.stream().mapToInt(Integer::intValue).toArray();
    double[] worst = {0};
    float[] known = new float[run.vocab];
    try (Session session = backend.open(model, options.withContextLength(tokens.length))) {
      session.forward(
          tokens,
          (position, logits) -> {
            int row = position - run.first_position;
            if (row >= 0 && row < run.rows) {
              all.get((int) (run.byte_offset / Float.BYTES) + row * run.vocab, known);
              worst[0] = Math.max(worst[0], LogitsDistance.relative(logits, known));
            }
          });
    }
    return worst[0];
  }
}
