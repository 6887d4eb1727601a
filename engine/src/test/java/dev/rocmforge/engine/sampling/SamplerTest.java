package dev.rocmforge.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rocmforge.engine.InputException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SamplerTest {
  private static final SamplerOptions FREE = SamplerOptions.DEFAULT.withTopP(1);

  /** Logits of 0.5, 0.25, 0.125, 0.0625, 0.0625. */
  private static final float[] HALVES = logs(0.0625, 0.5, 0.125, 0.0625, 0.25);

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }

  private static double[] distribution(SamplerOptions options, float[] logits, int... seen) {
    Sampler sampler = new Sampler(options, logits.length);
    sampler.accept(seen);
    double[] probabilities = new double[logits.length];
    sampler.distribution(logits, probabilities);
    return probabilities;
  }

  private static void assertDistribution(
      SamplerOptions options, float[] logits, double... expected) {
    assertArrayEquals(expected, distribution(options, logits), 1e-6);
  }

  @Test
  void stepsByHand() {
    assertDistribution(FREE, HALVES, 0.0625, 0.5, 0.125, 0.0625, 0.25);
    assertDistribution(FREE.withTopK(2), HALVES, 0, 2 / 3.0, 0, 0, 1 / 3.0);
    // Of the two equal tokens the lower id is kept.
    assertDistribution(FREE.withTopK(4), HALVES, 1 / 15.0, 8 / 15.0, 2 / 15.0, 0, 4 / 15.0);
    assertDistribution(FREE.withTopP(0.5), HALVES, 0, 1, 0, 0, 0);
    assertDistribution(FREE.withTopP(0.6), HALVES, 0, 2 / 3.0, 0, 0, 1 / 3.0);
    assertDistribution(FREE.withTopP(0.9), HALVES, 1 / 15.0, 8 / 15.0, 2 / 15.0, 0, 4 / 15.0);
    assertDistribution(FREE.withMinP(0.24), HALVES, 0, 4 / 7.0, 1 / 7.0, 0, 2 / 7.0);
    // Temperature 0.5 squares the probabilities: 1, 64, 4, 1, 16 of 86.
    assertDistribution(
        FREE.withTemperature(0.5), HALVES, 1 / 86.0, 64 / 86.0, 4 / 86.0, 1 / 86.0, 16 / 86.0);
    // Temperature comes before top-p: 80 of 86 reach 0.9, which 0.75 would not.
    assertDistribution(FREE.withTemperature(0.5).withTopP(0.9), HALVES, 0, 0.8, 0, 0, 0.2);
    // Top-k comes before top-p: of the best two the first alone has 2/3.
    assertDistribution(FREE.withTopK(2).withTopP(0.6), HALVES, 0, 1, 0, 0, 0);
  }

  @Test
  void penaltyDividesPositiveAndMultipliesNegativeLogits() {
    SamplerOptions options = FREE.withRepetition(2, 2);
    float[] logits = {2, -1, 0.5f};
    double[] p = distribution(options, logits, 2, 0, 1);
    assertEquals(Math.exp(1 - 0.5), p[0] / p[2], 1e-6, "2 has left the window of two");
    assertEquals(Math.exp(1 + 2), p[0] / p[1], 1e-6);
    assertArrayEquals(
        distribution(options, logits, 0, 0, 1), distribution(options, logits, 0, 1), 0);
  }

  @Test
  void greedyTakesTheLowestOfEquals() {
    float[] logits = {1, 3, 3, Float.NEGATIVE_INFINITY};
    assertEquals(1, new Sampler(SamplerOptions.GREEDY, 4).sample(logits));
    assertDistribution(SamplerOptions.GREEDY, logits, 0, 1, 0, 0);
    assertDistribution(FREE.withTopK(1), logits, 0, 1, 0, 0);
    Sampler penalised = new Sampler(SamplerOptions.GREEDY.withRepetition(1.5, 8), 4);
    penalised.accept(1);
    assertEquals(2, penalised.sample(logits));
  }

  @Test
  void extremeLogitsAndTemperaturesStayFinite() {
    float[] logits = {-1e30f, 1e30f, Float.NEGATIVE_INFINITY};
    assertDistribution(FREE, logits, 0, 1, 0);
    assertDistribution(FREE.withTemperature(Double.MIN_VALUE), logits, 0, 1, 0);
    assertDistribution(FREE.withTemperature(1e300), logits, 0.5, 0.5, 0);
  }

  @Test
  void selectionAgreesWithSorting() {
    Random random = new Random(5);
    for (int n = 0; n < 300; n++) {
      float[] logits = new float[1 + random.nextInt(200)];
      for (int i = 0; i < logits.length; i++) {
        // Few distinct values, so that ties are common.
        logits[i] = random.nextInt(12) * 0.75f;
      }
      int k = random.nextInt(40);
      double share = 1 - random.nextDouble() * 0.99;
      assertArrayEquals(
          sorted(logits, k, share), distribution(FREE.withTopK(k).withTopP(share), logits), 1e-12);
    }
  }

  private static double[] sorted(float[] logits, int k, double share) {
    double[] weights =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).toArray();
    List<Integer> ranks =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -weights[i]))
            .limit(k == 0 ? logits.length : k)
            .toList();
    double total = ranks.stream().mapToDouble(i -> weights[i]).sum();
    double[] kept = new double[logits.length];
    double mass = 0;
    for (int i : ranks) {
      if (mass >= share * total) {
        break;
      }
      kept[i] = weights[i];
      mass += weights[i];
    }
    double scale = mass;
    return Arrays.stream(kept).map(w -> w / scale).toArray();
  }

  @Test
  void drawsFollowTheDistribution() {
    float[] logits = new float[40];
    Random random = new Random(9);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (random.nextDouble() * 6 - 3);
    }
    for (SamplerOptions options :
        List.of(FREE, FREE.withTopP(0.9), FREE.withTopK(7).withTemperature(1.7))) {
      double[] expected = distribution(options, logits);
      Sampler sampler = new Sampler(options.withSeed(42), 40);
      long[] observed = new long[40];
      for (int n = 0; n < 200_000; n++) {
        observed[sampler.sample(logits)]++;
      }
      int[] kept = IntStream.range(0, 40).filter(i -> expected[i] > 0).toArray();
      long[] seen = Arrays.stream(kept).mapToLong(i -> observed[i]).toArray();
      assertEquals(200_000, Arrays.stream(seen).sum(), "nothing outside the kept tokens");
      double p =
          new ChiSquareTest()
              .chiSquareTest(Arrays.stream(kept).mapToDouble(i -> expected[i]).toArray(), seen);
      assertTrue(p > 0.001, options + " p = " + p);
    }
  }

  @Test
  void weightsAreDrawnInProportion() {
    Sampler sampler = new Sampler(FREE.withSeed(1), 3);
    double[] weights = {1, 0, 3};
    long[] observed = new long[3];
    for (int n = 0; n < 100_000; n++) {
      observed[sampler.draw(weights)]++;
    }
    assertEquals(0, observed[1]);
    assertTrue(
        new ChiSquareTest()
                .chiSquareTest(new double[] {1, 3}, new long[] {observed[0], observed[2]})
            > 0.001);
    assertThrows(InputException.class, () -> sampler.draw(new double[3]));
  }

  @Test
  void seedsDecide() {
    int[] first = draws(7);
    assertArrayEquals(first, draws(7));
    assertTrue(!Arrays.equals(first, draws(8)));
  }

  private static int[] draws(long seed) {
    Sampler sampler = new Sampler(FREE.withSeed(seed), HALVES.length);
    return IntStream.range(0, 64).map(_ -> sampler.sample(HALVES)).toArray();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void impossibleLogitsAreRefused(float bad) {
    for (SamplerOptions options : List.of(FREE, SamplerOptions.GREEDY)) {
      Sampler sampler = new Sampler(options, 3);
      InputException e =
          assertThrows(InputException.class, () -> sampler.sample(new float[] {0, 0, bad}));
      assertEquals("sampling: the logit of token 2 is " + bad, e.getMessage());
      float[] barred = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
      assertThrows(InputException.class, () -> sampler.sample(barred));
      assertThrows(InputException.class, () -> sampler.sample(new float[2]));
      assertThrows(InputException.class, () -> sampler.accept(3));
    }
  }

  @Test
  void optionsHaveRanges() {
    assertThrows(InputException.class, () -> FREE.withTopP(0));
    assertThrows(InputException.class, () -> FREE.withTopP(Double.NaN));
    assertThrows(InputException.class, () -> FREE.withTemperature(-1));
    assertThrows(InputException.class, () -> FREE.withTopK(-1));
    assertThrows(InputException.class, () -> FREE.withMinP(1.5));
    assertThrows(InputException.class, () -> FREE.withRepetition(0, 8));
  }

  @Test
  void nothingIsAllocatedForAToken() {
    Sampler sampler = new Sampler(FREE.withTopK(500).withTopP(0.9).withRepetition(1.1, 64), 5000);
    float[] logits = new float[5000];
    Random random = new Random(2);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int n = 0; n < 200; n++) {
      sampler.accept(sampler.sample(logits));
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int n = 0; n < 200; n++) {
      sampler.accept(sampler.sample(logits));
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // The measurement itself and a late compilation may allocate a little, never once a token.
    assertTrue(allocated < 200 * 16, allocated + " bytes for 200 tokens");
  }
}
