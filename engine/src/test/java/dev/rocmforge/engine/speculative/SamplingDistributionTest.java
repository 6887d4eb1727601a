package dev.rocmforge.engine.speculative;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.Test;

/** Sampled tokens have the model's own distribution, whatever was drafted. */
class SamplingDistributionTest {
  private static final int DRAWS = 20_000;
  private static final int PLACES = 2;

  /** Fewer are too few for the chi-squared distribution. */
  private static final double LEAST_EXPECTED = 5;

  /** Both models' logits behind real prompts; the same at every draw. */
  private record Rows(List<float[]> target, List<float[]> draft) {}

  private static Rows rows(int prompt) {
    try (Lexicon lexicon = new Lexicon();
        Session target = lexicon.cpu.open(lexicon.target, Lexicon.session(64));
        Session draft = lexicon.cpu.open(lexicon.draft, Lexicon.session(64))) {
      int[] tokens = lexicon.prompts(prompt + 1).getLast();
      List<float[]> targetRows = new ArrayList<>();
      List<float[]> draftRows = new ArrayList<>();
      target.forward(tokens, (_, row) -> targetRows.add(row.clone()));
      draft.forward(tokens, (_, row) -> draftRows.add(row.clone()));
      return new Rows(targetRows, draftRows);
    }
  }

  @Test
  void aModelsDraftLeavesTheDistribution() {
    assertDistribution(rows(3), SamplerOptions.DEFAULT, false);
  }

  @Test
  void aDecidedDraftLeavesTheDistribution() {
    // The likeliest token each time: drafted by the model itself, or few would be confirmed.
    List<float[]> own = rows(17).target();
    assertDistribution(new Rows(own, own), SamplerOptions.DEFAULT, true);
  }

  @Test
  void temperatureAndCutsAreThoseOfTheModel() {
    SamplerOptions options =
        SamplerOptions.DEFAULT.withTemperature(1.7).withTopK(30).withTopP(0.8).withMinP(0.01);
    assertDistribution(rows(40), options, false);
  }

  /** Tokens 2 and 3 of each generation: judged, and judged behind a confirmed one. */
  private static void assertDistribution(Rows rows, SamplerOptions options, boolean decided) {
    int vocabulary = rows.target().getFirst().length;
    long[][] counts = new long[PLACES][vocabulary];
    int[] prompt = {1};
    Session target = new FixedLogits(rows.target(), 8);
    SamplerOptions seeded = options.withSeed(1);
    SamplerOptions drafting = decided ? SamplerOptions.GREEDY : seeded;
    try (Drafter drafter =
        new ModelDrafter(new FixedLogits(rows.draft(), 8), vocabulary, drafting)) {
      var decoder =
          new SpeculativeDecoder(
              target,
              drafter,
              new FixedLength(PLACES),
              new Sampler(seeded, vocabulary),
              vocabulary,
              () -> 0);
      for (int draw = 0; draw < DRAWS; draw++) {
        target.rewind(0);
        float[] logits = target.prefill(prompt);
        List<Integer> tokens = new ArrayList<>();
        decoder.generate(prompt, logits, PLACES + 1, (token, _) -> tokens.add(token));
        for (int i = 0; i < PLACES; i++) {
          counts[i][tokens.get(i + 1)]++;
        }
      }
      long accepted = decoder.counts().acceptedTokens();
      long drafted = decoder.counts().draftedTokens();
      assertTrue(accepted > DRAWS / 10 && accepted < drafted, accepted + " of " + drafted);
    }
    for (int i = 0; i < PLACES; i++) {
      double[] expected = new double[vocabulary];
      new Sampler(options, vocabulary).distribution(rows.target().get(i + 1), expected);
      assertFits(expected, counts[i], "place " + i);
    }
  }

  /** Pearson's chi-squared; rare tokens are put together. */
  private static void assertFits(double[] chances, long[] counts, String what) {
    double restExpected = 0;
    long rest = 0;
    double sum = 0;
    int cells = 0;
    for (int id = 0; id < chances.length; id++) {
      double expected = chances[id] * DRAWS;
      assertTrue(expected > 0 || counts[id] == 0, what + ": token " + id + " has no chance");
      if (expected < LEAST_EXPECTED) {
        restExpected += expected;
        rest += counts[id];
      } else {
        sum += (counts[id] - expected) * (counts[id] - expected) / expected;
        cells++;
      }
    }
    if (restExpected >= LEAST_EXPECTED) {
      sum += (rest - restExpected) * (rest - restExpected) / restExpected;
      cells++;
    }
    double p = 1 - new ChiSquaredDistribution(cells - 1).cumulativeProbability(sum);
    // 0.01 for all places of a test together.
    assertTrue(
        p > 0.01 / PLACES,
        "%s: chi-squared %.1f of %d cells, p %.4f; %s"
            .formatted(what, sum, cells, p, Arrays.toString(Arrays.copyOf(counts, 8))));
  }
}
