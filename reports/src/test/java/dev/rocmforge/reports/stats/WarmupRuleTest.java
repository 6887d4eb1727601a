package dev.rocmforge.reports.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class WarmupRuleTest {
  @Test
  void constantTimesAreFlatAfterOneWindow() {
    WarmupRule rule = WarmupRule.standard();
    WarmupRule.Decision decision = run(rule, i -> 1000);
    assertTrue(decision.flat());
    assertEquals(4, rule.repetitions());
    assertEquals(
        "flat: drift +0.0 % over the last 4 repetitions (limit 2.0 %, p = 1.00)",
        decision.reason());
  }

  @Test
  void aCompilingMachineIsNotFlatUntilItHasSettled() {
    WarmupRule rule = WarmupRule.standard();
    WarmupRule.Decision decision = run(rule, i -> Math.round(1e6 * (1 + 3 * Math.exp(-i / 1.5))));
    assertTrue(decision.flat(), decision.reason());
    assertTrue(rule.repetitions() >= 9, "settled after " + rule.repetitions());
  }

  @Test
  void aTimeThatNeverSettlesStopsAtTheCap() {
    WarmupRule rule = new WarmupRule(4, 12, 0.02);
    WarmupRule.Decision decision = run(rule, i -> Math.round(1e9 * Math.pow(0.9, i)));
    assertEquals(12, rule.repetitions());
    assertFalse(decision.flat());
    assertTrue(decision.reason().startsWith("not flat at the cap of 12 repetitions: drift -"));
  }

  @Test
  void noiseWithoutASlopeEndsEarly() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      WarmupRule rule = WarmupRule.standard();
      WarmupRule.Decision decision =
          run(rule, i -> Math.round(1e6 * (1 + 0.02 * random.nextGaussian())));
      assertTrue(decision.flat(), "seed " + seed + ": " + decision.reason());
    }
  }

  @Test
  void badLimitsAndTimesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new WarmupRule(2, 9, 0.02));
    assertThrows(IllegalArgumentException.class, () -> new WarmupRule(4, 3, 0.02));
    assertThrows(IllegalArgumentException.class, () -> new WarmupRule(4, 9, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> WarmupRule.standard().add(0));
  }

  private static WarmupRule.Decision run(WarmupRule rule, IntToLongFunction nanos) {
    WarmupRule.Decision decision;
    int i = 0;
    do {
      decision = rule.add(nanos.applyAsLong(i++));
    } while (!decision.done());
    return decision;
  }
}
