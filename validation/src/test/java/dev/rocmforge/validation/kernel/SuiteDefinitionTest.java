package dev.rocmforge.validation.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The suite is the one that the planted faults were written against. */
class SuiteDefinitionTest {
  @Test
  void theSuiteIsTheFrozenOne() {
    List<String> now = SuiteDefinition.lines();
    List<String> changed = new ArrayList<>(now);
    changed.removeAll(SuiteDefinition.frozen());
    assertTrue(
        changed.isEmpty(),
        () ->
            "cases, seeds or tolerances changed: "
                + changed
                + "; list the change with its reason in docs/validation.md, then keep as"
                + " validation/src/main/resources/dev/rocmforge/validation/kernel/suite.tsv:\n"
                + String.join("\n", now));
    assertEquals(SuiteDefinition.frozen(), now);
  }

  @Test
  void everyTierContainsTheOneBefore() {
    for (List<Integer> waves : List.of(List.of(32), List.of(64), List.of(32, 64))) {
      Set<KernelCase> quick = new HashSet<>(KernelCases.of(Tier.QUICK, waves));
      Set<KernelCase> full = new HashSet<>(KernelCases.of(Tier.FULL, waves));
      assertTrue(quick.containsAll(KernelCases.of(Tier.SMOKE, waves)));
      assertTrue(full.containsAll(quick));
    }
  }
}
