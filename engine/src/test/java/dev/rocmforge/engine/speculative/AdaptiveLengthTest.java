package dev.rocmforge.engine.speculative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.tokenizer.Vocabulary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lengths on simulated passes, and vocabularies that do not go together. */
class AdaptiveLengthTest {
  private static final double STEP = 1_000_000;

  private final Random random = new Random(3);

  /** Time per token over that of plain steps. */
  private double run(DraftLength length, int tokens, double chance, double extra, double draft) {
    double nanos = 0;
    int settled = 0;
    while (settled < tokens) {
      int drafted = length.next();
      int accepted = 0;
      while (accepted < drafted && random.nextDouble() < chance) {
        accepted++;
      }
      double noise = 1 + 0.1 * random.nextGaussian();
      double pass = STEP * (1 + drafted * extra) * Math.max(noise, 0.5);
      double drafting = STEP * drafted * draft;
      length.observe(
          new DraftLength.PassCost(drafted, accepted, Math.round(drafting), Math.round(pass)));
      nanos += pass + drafting;
      settled += accepted + 1;
    }
    return nanos / (settled * STEP);
  }

  @Test
  void draftsWhatPays() {
    // Passes of several tokens cost little: nearly the best fixed length must be found.
    double adaptive = run(new AdaptiveLength(8), 20_000, 0.8, 0.05, 0.1);
    double best = Double.POSITIVE_INFINITY;
    for (int length = 1; length <= 8; length++) {
      best = Math.min(best, run(new FixedLength(length), 20_000, 0.8, 0.05, 0.1));
    }
    assertTrue(adaptive < 1.08 * best, adaptive + " against " + best);
    assertTrue(adaptive < 0.6, "time per token " + adaptive);
  }

  @Test
  void losesLittleWhereNothingPays() {
    for (double chance : new double[] {0, 0.3, 0.6}) {
      double adaptive = run(new AdaptiveLength(4), 20_000, chance, 0.8, 0.3);
      assertTrue(adaptive < 1.04, chance + ": time per token " + adaptive);
      double first = run(new AdaptiveLength(4), 128, chance, 0.8, 0.3);
      assertTrue(first < 1.08, chance + ": of the first tokens " + first);
    }
  }

  @Test
  void comesBack() {
    var length = new AdaptiveLength(4);
    run(length, 3_000, 0, 0.1, 0.1);
    assertTrue(run(length, 4_000, 0.9, 0.1, 0.1) < 0.7);
  }

  private static Vocabulary vocabulary(String source, String... tokens) {
    return new Vocabulary(
        source,
        "gpt2",
        Optional.empty(),
        List.of(tokens),
        List.of(),
        List.of(),
        Map.of("eos", 0),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void vocabulariesMustAgreeWhereBothHaveATokenId() {
    Vocabulary target = vocabulary("target.gguf", "a", "b", "c");
    assertEquals(3, SharedVocabulary.size(target, vocabulary("d.gguf", "a", "b", "c", "pad")));
    assertEquals(2, SharedVocabulary.size(target, vocabulary("d.gguf", "a", "b")));
    String said =
        assertThrows(
                InputException.class,
                () -> SharedVocabulary.size(target, vocabulary("d.gguf", "a", "x", "c")))
            .getMessage();
    assertEquals(
        "d.gguf: token 1 is 'x', in target.gguf it is 'b': a draft model needs the same vocabulary",
        said);
  }
}
