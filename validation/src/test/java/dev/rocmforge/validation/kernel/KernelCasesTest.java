package dev.rocmforge.validation.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The kernels as they are pass the smoke tier on the emulation; the list is whole. */
class KernelCasesTest {
  static Path kernels() {
    return HipSettings.of(System.getenv()).root().orElseThrow().resolve("kernels");
  }

  static HipRuntime emulation() {
    boolean compiler =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "c++")));
    assumeTrue(compiler, "no C++ compiler: the emulation cannot be built");
    return HipRuntime.open(HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION));
  }

  @Test
  void everySmokeCasePasses() throws InterruptedException {
    List<KernelCase> cases = KernelCases.of(Tier.SMOKE, List.of(32));
    List<String> failures = new ArrayList<>();
    AtomicInteger decided = new AtomicInteger();
    try (HipRuntime runtime = emulation();
        KernelCheck check = new KernelCheck(runtime.device(0), new KernelFolder(kernels()))) {
      KernelSuite suite = new KernelSuite(check);
      suite.run(
          cases,
          verdict -> {
            decided.incrementAndGet();
            verdict.failure().ifPresent(f -> failures.add(verdict.of().id() + ": " + f));
          });
      assertEquals(cases.size(), decided.get());
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void everyIdIsUniqueAndReplays() {
    for (Tier tier : Tier.values()) {
      List<KernelCase> cases = KernelCases.of(tier, List.of(32, 64));
      assertEquals(cases.size(), new HashSet<>(cases).size(), tier.name());
      for (KernelCase one : cases) {
        assertEquals(one, KernelCase.of(one.id()));
      }
    }
  }

  @Test
  void everyOperationHasCases() {
    Map<Boolean, TreeSet<String>> found =
        KernelCases.of(Tier.QUICK, List.of(32)).stream()
            .collect(
                Collectors.partitioningBy(
                    one -> one.type().isPresent(),
                    Collectors.mapping(
                        KernelCase::operation, Collectors.toCollection(TreeSet::new))));
    assertEquals(new TreeSet<>(KernelOperations.names(true)), found.get(true));
    assertEquals(new TreeSet<>(KernelOperations.names(false)), found.get(false));
  }

  @Test
  void everySourceOfATypeIsChecked() {
    KernelFolder folder = new KernelFolder(kernels());
    List<KernelCase> cases = KernelCases.of(Tier.QUICK, List.of(32));
    for (KernelCase one : cases) {
      assertTrue(
          one.type().isEmpty() || folder.has(one.path()), () -> one.path() + ": no such source");
    }
  }
}
