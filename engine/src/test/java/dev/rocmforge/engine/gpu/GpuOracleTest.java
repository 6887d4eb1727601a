package dev.rocmforge.engine.gpu;

import static dev.rocmforge.engine.gpu.EmulatedGpu.FLOAT_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.HALF_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The GPU path against logits that another program computed in double, at 1, 7, 33 and 100 tokens.
 * Batches and single tokens, graph and launches, waves of 32 and 64 and both caches: every pair of
 * them occurs.
 */
class GpuOracleTest {
  /**
   * One way to run.
   *
   * @param batch tokens of a pass; 1 runs the decode program only
   */
  record Way(int batch, Choice graph, int wave, KvType kvType) {
    double bound() {
      return kvType == KvType.F16 ? HALF_BOUND : FLOAT_BOUND;
    }

    GpuOptions options() {
      return EmulatedGpu.floats().withGraph(graph).withWave(wave);
    }
  }

  private static final List<Way> WAYS =
      List.of(
          new Way(16, Choice.ON, 32, KvType.F32),
          new Way(64, Choice.OFF, 64, KvType.F16),
          new Way(1, Choice.ON, 64, KvType.F16),
          new Way(1, Choice.OFF, 32, KvType.F16),
          new Way(1, Choice.OFF, 64, KvType.F32));

  /** Four choices of two values: every two choices meet in all four pairs. */
  @Test
  void everyPairOccurs() {
    List<Function<Way, Object>> choices =
        List.of(way -> way.batch > 1, Way::graph, Way::wave, Way::kvType);
    for (int first = 0; first < choices.size(); first++) {
      for (int second = 0; second < first; second++) {
        Function<Way, Object> one = choices.get(first);
        Function<Way, Object> other = choices.get(second);
        Stream<Object> pairs = WAYS.stream().map(way -> List.of(one.apply(way), other.apply(way)));
        assertEquals(4, pairs.distinct().count());
      }
    }
  }

  static Stream<Arguments> cases() {
    return WAYS.stream()
        .flatMap(way -> Oracle.all().stream().map(oracle -> Arguments.of(way, oracle)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logits(Way way, Oracle oracle) {
    try (GpuBackend backend = EmulatedGpu.open(way.options());
        Model model = Model.open(oracle.model())) {
      SessionOptions options = new SessionOptions(128, way.batch, way.kvType);
      try (GpuSession session = backend.open(model, options)) {
        for (Oracle.Run run : oracle.runs()) {
          session.rewind(0);
          compare(run, way.batch == 1 ? steps(session, run) : forward(session, run), way.bound());
        }
      }
    }
  }

  private static List<float[]> forward(GpuSession session, Oracle.Run run) {
    List<float[]> rows = new ArrayList<>();
    session.forward(
        run.ids(),
        (position, logits) -> {
          assertEquals(rows.size(), position);
          rows.add(logits.clone());
        });
    return rows;
  }

  private static List<float[]> steps(GpuSession session, Oracle.Run run) {
    return Arrays.stream(run.ids()).mapToObj(token -> session.step(token).clone()).toList();
  }

  private static void compare(Oracle.Run run, List<float[]> rows, double bound) {
    assertEquals(run.tokens().size(), rows.size());
    for (int i = 0; i < run.logits().size(); i++) {
      int position = run.firstPosition() + i;
      String what = run.tokens().size() + " tokens, position " + position;
      assertNear(run.logits().get(i), rows.get(position), bound, what);
    }
  }
}
