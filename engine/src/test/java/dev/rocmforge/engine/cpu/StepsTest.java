package dev.rocmforge.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** Tokens that run together have the logits, to the bit, that they have one by one. */
class StepsTest {
  private static final List<Backend> BACKENDS = List.of(new ScalarBackend(), new VectorBackend(2));

  static Stream<Arguments> models() {
    return BACKENDS.stream()
        .flatMap(
            backend ->
                Stream.of(KvType.values())
                    .flatMap(
                        kvType ->
                            Oracle.all().stream()
                                .map(oracle -> Arguments.of(backend, kvType, oracle))));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aBatchHasTheBitsOfSingles(Backend backend, KvType kvType, Oracle oracle) {
    int[] tokens = Arrays.copyOf(oracle.runs().getFirst().ids(), 33);
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = Math.max(tokens[i], i % 7 + 1);
    }
    int prefilled = 3;
    try (Model model = Model.open(oracle.model());
        Session singles = backend.open(model, new SessionOptions(64, 16, kvType));
        Session together = backend.open(model, new SessionOptions(64, 16, kvType))) {
      List<float[]> expected = new ArrayList<>();
      for (int token : tokens) {
        expected.add(singles.step(token).clone());
      }
      together.prefill(Arrays.copyOf(tokens, 1));
      together.steps(Arrays.copyOfRange(tokens, 1, prefilled), (_, _) -> {});
      for (int from = prefilled, count = 1; from < tokens.length; from += count++) {
        int to = Math.min(from + count, tokens.length);
        int[] next = {from};
        together.steps(
            Arrays.copyOfRange(tokens, from, to),
            (position, logits) -> {
              assertEquals(next[0], position);
              assertArrayEquals(
                  expected.get(next[0]++), logits, 0, "position " + position + " of the batch");
            });
        assertEquals(to, next[0]);
      }
    }
  }
}
