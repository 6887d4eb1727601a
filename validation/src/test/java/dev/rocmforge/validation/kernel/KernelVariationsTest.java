package dev.rocmforge.validation.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the search for a difference runs besides the list itself. */
class KernelVariationsTest {
  private static final List<KernelCase> LIST = KernelCases.of(Tier.SMOKE, List.of(32), 3);
  private static final KernelVariations VARIATIONS = new KernelVariations(LIST);

  /** Making a trial derives its bounds, which fails where sizes or inputs do not fit. */
  @Test
  void everyVariationIsACase() {
    Set<String> paths = new HashSet<>();
    for (KernelCase one : LIST) {
      KernelCase other = VARIATIONS.of(one);
      assertEquals(other, KernelCase.of(other.id()));
      if (other.work() < 1e5 && paths.add(other.path() + other.inputs())) {
        assertTrue(!KernelOperations.trial(other).launches().isEmpty(), other::id);
      }
    }
  }

  /** With keys in f16 as well, which no case of the smoke tier has. */
  @Test
  void everyVariationOfAttentionIsACase() {
    for (int run = 1; run <= 3; run++) {
      List<KernelCase> list =
          KernelCases.of(Tier.QUICK, List.of(32), run).stream()
              .filter(one -> one.path().startsWith("ops/attention"))
              .toList();
      KernelVariations variations = new KernelVariations(list);
      for (KernelCase one : list) {
        KernelCase other = variations.of(one);
        if (other.work() < 2e3) {
          assertTrue(!KernelOperations.trial(other).launches().isEmpty(), other::id);
        }
      }
    }
  }

  @Test
  void sizesAndInputsChange() {
    Map<String, Set<InputClass>> inputs = new HashMap<>();
    int other = 0;
    for (KernelCase one : LIST) {
      KernelCase varied = VARIATIONS.of(one);
      assertEquals(varied, VARIATIONS.of(one));
      inputs.computeIfAbsent(one.path(), path -> new HashSet<>()).add(varied.inputs());
      other += varied.numbers().equals(one.numbers()) ? 0 : 1;
    }
    assertTrue(other > LIST.size() / 2, other + " of " + LIST.size());
    assertTrue(inputs.get("ops/attention_decode").size() > 4, inputs::toString);
    assertNotEquals(Set.of(InputClass.NORMAL), inputs.get("q4_0/gemv"));
  }
}
