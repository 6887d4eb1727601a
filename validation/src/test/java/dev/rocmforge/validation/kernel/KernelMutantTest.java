package dev.rocmforge.validation.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.hip.HipRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults planted in copies of the kernels are seen, each by the smoke cases of its operation. */
class KernelMutantTest {
  /** Text {@code from} of a file becomes {@code to}; the cases of {@code path} must see it. */
  private record Mutant(String file, String from, String to, String path) {}

  private static final List<Mutant> MUTANTS =
      List.of(
          new Mutant(
              "include/planes.h",
              "i % 4 * 8 + i / 16 * 4) & 15",
              "i % 4 * 8 + (1 - i / 16) * 4) & 15",
              "q4_0/embed"),
          new Mutant("include/block_q4_0.h", "- 8", "- 7", "q4_0/embed"),
          new Mutant(
              "include/gemv.h", "if (row + r < row_count) finish_row", "finish_row", "q4_0/gemv"),
          new Mutant(
              "include/rope.h",
              "RopePair{pair, pair + rotary / 2, true}",
              "RopePair{2 * pair, 2 * pair + 1, true}",
              "ops/rope"),
          new Mutant(
              "ops/argmax.hip",
              "int mask = RF_WAVE / 2; mask > 0",
              "int mask = RF_WAVE / 4; mask > 0",
              "ops/argmax"),
          new Mutant("include/swiglu.h", "exponential(-gate)", "exponential(-up)", "ops/swiglu"),
          new Mutant("ops/softmax.hip", "float sum = 0.0f;", "float sum = 1.0f;", "ops/softmax"),
          new Mutant(
              "ops/kv_write.hip",
              "if (column >= columns) return;",
              "if (column > columns) return;",
              "ops/kv_write"));

  @Test
  void everyMutantIsSeen(@TempDir Path folder) throws IOException, InterruptedException {
    try (HipRuntime runtime = KernelCasesTest.emulation()) {
      for (int i = 0; i < MUTANTS.size(); i++) {
        Mutant mutant = MUTANTS.get(i);
        Path copy = folder.resolve("mutant" + i);
        copy(KernelCasesTest.kernels(), copy);
        plant(mutant, copy);
        try (KernelCheck check = new KernelCheck(runtime.device(0), new KernelFolder(copy))) {
          assertTrue(killed(mutant, check), () -> mutant + " was not seen");
        }
      }
    }
  }

  private static boolean killed(Mutant mutant, KernelCheck check) throws InterruptedException {
    for (KernelCase one : KernelCases.of(Tier.SMOKE, List.of(32))) {
      if (one.path().equals(mutant.path())) {
        KernelVerdict verdict = check.check(one);
        if (!verdict.passed()) {
          String words = verdict.failure().orElseThrow();
          assertFalse(words.contains("does not compile"), words);
          return true;
        }
      }
    }
    return false;
  }

  private static void plant(Mutant mutant, Path copy) throws IOException {
    Path file = copy.resolve(mutant.file());
    String text = Files.readString(file);
    assertTrue(text.contains(mutant.from()), () -> mutant + ": its place is gone");
    Files.writeString(file, text.replace(mutant.from(), mutant.to()));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from, 2)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(h|hip)")).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }
}
