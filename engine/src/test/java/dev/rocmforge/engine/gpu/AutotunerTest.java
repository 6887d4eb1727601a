package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.quant.QuantType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules by which a launch shape replaces the table's, and what is kept of it. */
final class AutotunerTest {
  private static final LaunchShape TABLE = new LaunchShape(128, 1, 1, false);
  private static final LaunchShape WIDE = new LaunchShape(128, 1, 4, false);
  private static final LaunchShape SHARED = new LaunchShape(128, 4, 1, false);

  @TempDir private Path folder;

  /** A product whose outputs and times are given. */
  private static final class Given implements ShapeTrial {
    final Map<LaunchShape, float[]> outputs = new HashMap<>();
    final Map<LaunchShape, double[]> times = new HashMap<>();

    Given add(LaunchShape shape, double[] micros, float... output) {
      outputs.put(shape, output);
      times.put(shape, micros);
      return this;
    }

    @Override
    public float[] output(LaunchShape shape) {
      return outputs.get(shape);
    }

    @Override
    public Stopwatch stopwatch(LaunchShape shape) {
      double[] micros = times.get(shape);
      int[] asked = {0};
      return new Stopwatch() {
        @Override
        public double micros() {
          return micros[asked[0]++ % micros.length];
        }

        @Override
        public void close() {}
      };
    }
  }

  private static Autotuner.Finding tune(Given given) {
    return Autotuner.tune(TABLE, List.of(TABLE, WIDE, SHARED), given);
  }

  private static double[] steady(double micros) {
    return new double[] {micros};
  }

  @Test
  void theClearlyFasterOfTheRightWins() {
    Given given =
        new Given()
            .add(TABLE, steady(10), 1, 2, 3)
            .add(WIDE, steady(8), 1, 2, 3)
            .add(SHARED, steady(6), 1, 2, 3.000001f);
    Autotuner.Finding found = tune(given);
    assertEquals(SHARED, found.shape());
    assertEquals(10, found.tableMicros());
    assertEquals(6, found.micros());
    assertEquals(2, found.tried());
  }

  @Test
  void aWrongOutputIsRefusedHoweverFast() {
    Given given =
        new Given()
            .add(TABLE, steady(10), 1, 2, 3)
            .add(WIDE, steady(1), 1, 2, 3.001f)
            .add(SHARED, steady(1), 1, Float.NaN, 3);
    Autotuner.Finding found = tune(given);
    assertEquals(TABLE, found.shape());
    assertEquals(2, found.refused());
  }

  @Test
  void theTableIsKeptUnlessAnotherIsClearlyFaster() {
    // A little faster; and much faster in two rounds of three only.
    Given given =
        new Given()
            .add(TABLE, steady(10), 1)
            .add(WIDE, steady(9.8), 1)
            .add(SHARED, new double[] {5, 5, 11}, 1);
    assertEquals(TABLE, tune(given).shape());
  }

  @Test
  void everyCandidateIsLegal() {
    for (int wave : new int[] {32, 64}) {
      for (String operation : TunedShapes.TUNABLE) {
        List<LaunchShape> all = Autotuner.candidates(operation, wave);
        assertTrue(all.size() >= 8, operation + ": " + all);
        assertTrue(all.stream().allMatch(one -> one.threads() % (wave * one.share()) == 0));
      }
      int lanes = wave;
      assertTrue(
          Autotuner.candidates("gate_up_q8", wave).stream()
              .allMatch(one -> 32 % one.rowsPerBlock(lanes) == 0));
    }
  }

  private TuningStore store(String runtime) {
    return new TuningStore(folder, List.of("a card", runtime), 32);
  }

  @Test
  void keptByDeviceRuntimeAndKernel() throws Exception {
    var product = new MatrixProduct("gemv_q8", QuantType.Q4_0, 896, 4864);
    var finding = new Autotuner.Finding(WIDE, 3, 2, 20, 0);
    List<String> lines = new ArrayList<>();
    TuningStore store = store("6.1");
    assertEquals(Map.of(), store.read(lines::add));
    store.write(Map.of(product, TuningStore.Entry.of(product, "kernel a", finding)));
    assertEquals(Map.of(), store("6.2").read(lines::add), "another runtime");

    var known = new TunedShapes(LaunchShapes.DEFAULT, store.read(lines::add), path -> "kernel a");
    assertEquals(WIDE, known.shape("gemv_q8", QuantType.Q4_0, 896, 4864));
    assertTrue(known.missing().isEmpty());
    assertEquals("q4_0/gemv_q8 896x4864: t128 w1 r4 (tuned)", known.words());

    var changed = new TunedShapes(LaunchShapes.DEFAULT, store.read(lines::add), path -> "kernel b");
    assertEquals(TABLE, changed.shape("gemv_q8", QuantType.Q4_0, 896, 4864), "another kernel");
    assertEquals(1, changed.missing().size());
    assertEquals(List.of(), lines);

    for (String damage : List.of("{", "{}", "null", "[1]", "")) {
      Files.writeString(store.file(), damage);
      assertEquals(Map.of(), store.read(lines::add), damage);
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.getFirst().contains(": not used, tuning begins anew: "), lines::toString);
      assertFalse(lines.getFirst().contains("\n"));
      lines.clear();
    }
    store.write(
        Map.of(
            product,
            new TuningStore.Entry(
                "gemv_q8", QuantType.Q4_0, 896, 4864, "kernel a", 100, 3, 1, 3, 2)));
    assertEquals(Map.of(), store.read(lines::add), "no launch has 100 threads");
    assertEquals(1, lines.size());
  }
}
