package dev.rocmforge.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both CPU backends against logits that another program computed in double. */
class OracleTest {
  /** A backend and the largest relative L2 error its logits may have. */
  record Subject(Backend backend, double bound) {
    @Override
    public String toString() {
      return backend.name();
    }
  }

  private static final List<Subject> SUBJECTS =
      List.of(new Subject(new ScalarBackend(), 1e-5), new Subject(new VectorBackend(2), 1e-4));

  /**
   * With an f16 cache keys and values carry a relative error of up to 2^-11 each; over two layers
   * the logits of these models move by well under this.
   */
  private static final double HALF_CACHE_BOUND = 1e-3;

  static Stream<Arguments> cases() {
    return SUBJECTS.stream()
        .flatMap(subject -> Oracle.all().stream().map(oracle -> Arguments.of(subject, oracle)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsInOneBatch(Subject subject, Oracle oracle) {
    check(subject, oracle, 512, KvType.F32, subject.bound);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsInPieces(Subject subject, Oracle oracle) {
    check(subject, oracle, 5, KvType.F32, subject.bound);
    check(subject, oracle, 16, KvType.F32, subject.bound);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsWithHalfCache(Subject subject, Oracle oracle) {
    check(subject, oracle, 16, KvType.F16, HALF_CACHE_BOUND);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsTokenByToken(Subject subject, Oracle oracle) {
    try (Model model = Model.open(oracle.model())) {
      for (Oracle.Run run : oracle.runs()) {
        try (Session session = subject.backend.open(model, options(1, KvType.F32))) {
          List<float[]> rows = new ArrayList<>();
          for (int token : run.ids()) {
            rows.add(session.step(token).clone());
          }
          compare(run, rows, subject.bound);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void prefillThenRewindThenAgain(Subject subject, Oracle oracle) {
    try (Model model = Model.open(oracle.model());
        Session session = subject.backend.open(model, options(16, KvType.F32))) {
      int[] tokens = oracle.runs().getLast().ids();
      float[] expected = oracle.runs().getLast().logits().getLast();
      assertTrue(relativeError(session.prefill(tokens), expected) <= subject.bound);
      int cut = session.keyValues().isPresent() ? 40 : 0;
      session.rewind(cut);
      assertEquals(cut, session.position());
      session.prefill(Arrays.copyOfRange(tokens, cut, 90));
      float[] again = session.prefill(Arrays.copyOfRange(tokens, 90, tokens.length));
      assertTrue(relativeError(again, expected) <= subject.bound);
      assertEquals(tokens.length, session.position());
    }
  }

  private static SessionOptions options(int batch, KvType kvType) {
    return new SessionOptions(128, batch, kvType);
  }

  private static void check(
      Subject subject, Oracle oracle, int batch, KvType kvType, double bound) {
    try (Model model = Model.open(oracle.model())) {
      for (Oracle.Run run : oracle.runs()) {
        try (Session session = subject.backend.open(model, options(batch, kvType))) {
          List<float[]> rows = new ArrayList<>();
          session.forward(
              run.ids(),
              (position, logits) -> {
                assertEquals(rows.size(), position);
                rows.add(logits.clone());
              });
          compare(run, rows, bound);
        }
      }
    }
  }

  private static void compare(Oracle.Run run, List<float[]> rows, double bound) {
    assertEquals(run.tokens().size(), rows.size());
    for (int i = 0; i < run.logits().size(); i++) {
      int position = run.firstPosition() + i;
      double error = relativeError(rows.get(position), run.logits().get(i));
      assertTrue(
          error <= bound,
          () ->
              "%d tokens, position %d: relative L2 error %.3g, at most %.3g"
                  .formatted(run.tokens().size(), position, error, bound));
    }
  }

  private static double relativeError(float[] found, float[] expected) {
    assertEquals(expected.length, found.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
