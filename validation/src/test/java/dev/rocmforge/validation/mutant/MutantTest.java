package dev.rocmforge.validation.mutant;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.validation.kernel.KernelCase;
import dev.rocmforge.validation.kernel.KernelCases;
import dev.rocmforge.validation.kernel.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The planted faults fit the sources; whether the suite sees them is the self-test's question. */
class MutantTest {
  private static final int LEAST = 40;

  private static Path project() {
    return HipSettings.of(System.getenv()).root().orElseThrow();
  }

  private static List<Mutant> all() {
    return Mutant.in(project().resolve("kernels/mutants"));
  }

  @Test
  void eachIsPlantedOnce() throws IOException {
    assertTrue(all().size() >= LEAST, () -> all().size() + " faults, " + LEAST + " needed");
    for (Mutant mutant : all()) {
      String source = Files.readString(project().resolve(mutant.file()));
      assertNotEquals(source, mutant.planted(source), mutant.name());
    }
  }

  @Test
  void eachNamesOperationsThatHaveCases() {
    Set<String> paths =
        KernelCases.of(Tier.QUICK, List.of(32)).stream()
            .map(KernelCase::path)
            .collect(Collectors.toSet());
    for (Mutant mutant : all()) {
      assertTrue(paths.containsAll(mutant.operations()), mutant.name());
    }
  }

  @Test
  void aPlaceThatIsNotOneIsRefused() {
    Mutant mutant = all().getFirst();
    assertThrows(InputException.class, () -> mutant.planted(""));
    assertThrows(InputException.class, () -> mutant.planted(mutant.original() + mutant.original()));
  }
}
