package dev.rocmforge.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Workload;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeasuredTest {
  /** Another run on the same machine is none of a test's business. */
  @BeforeAll
  static void shareTheMachine() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  static Stream<Measured> all() {
    return Measured.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void variantsAgree(Measured measured) {
    CheckRecord check = measured.check();
    assertEquals(CheckVerdict.PASSED, check.verdict(), check::toString);
  }

  /** JMH's own list, made by its annotation processor, has no class that proves nothing. */
  @Test
  void everyBenchmarkIsInTheTable() throws Exception {
    try (InputStream in = Measured.class.getResourceAsStream("/META-INF/BenchmarkList")) {
      String index = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Set<String> listed =
          index
              .lines()
              .flatMap(line -> Arrays.stream(line.split(" ", -1)))
              .filter(word -> word.startsWith("dev.rocmforge.bench.jmh."))
              .filter(word -> !word.contains("jmh_generated"))
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> known =
          all()
              .map(each -> each.getClass().getName())
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(known, listed);
    }
  }

  @Test
  void everyTypeAndShapeIsMeasured() {
    List<String> matrices = new MatrixVector().parameters().get("matrix");
    for (QuantType type : QuantType.values()) {
      assertTrue(matrices.stream().anyMatch(m -> m.startsWith(type + ":")), type::name);
    }
    for (ModelShape shape : ModelShape.all()) {
      String down = shape.hidden() + "x" + shape.feedForward();
      assertTrue(matrices.contains("F16:" + down), down);
    }
    matrices.forEach(text -> assertEquals(text, MatrixCase.of(text).toString()));
    for (String wrong : List.of("Q4_0:3x33", "Q9:1x32", "Q4_0", "Q4_0:1x0")) {
      assertThrows(InputException.class, () -> MatrixCase.of(wrong), wrong);
    }
  }

  /** A difference, NaN, or nothing to compare is no agreement. */
  @Test
  void disagreementIsSeen() {
    for (float[] wrong : List.of(new float[] {1, 2.1f}, new float[] {1, Float.NaN})) {
      var agreement = new Agreement("x", 0.01);
      agreement.compare("pair", new float[] {1, 2}, wrong);
      assertEquals(CheckVerdict.FAILED, agreement.verdict().verdict());
    }
    var zeros = new Agreement("x", 0.01);
    zeros.compare("zeros", new float[2], new float[2]);
    assertEquals(CheckVerdict.FAILED, zeros.verdict().verdict());
    assertThrows(AssertionError.class, () -> new Agreement("x", 1).verdict());
  }

  @Test
  void resultsAreMeasurements() {
    Map<String, List<String>> one = Map.of("matrix", List.of("Q8_0:64x256", "F32:8x32"));
    JmhPlan plan = new JmhPlan("MatrixVector", one, "vector", 1, 0, 1, 3, 5);
    List<Measurement> measured = JmhRun.run(plan, new PrintStream(PrintStream.nullOutputStream()));
    assertEquals(2, measured.size());
    Measurement first = measured.getFirst();
    assertEquals(Workload.Kind.OPERATION, first.workload().kind());
    assertEquals("MatrixVector.multiply matrix=Q8_0:64x256", first.workload().name());
    assertEquals(3, first.samples().repetitions().size());
    assertEquals(64 * 256 / 32 * 34, first.traffic().orElseThrow().bytesPerToken());
    // A thousand of them took longer than the machine needs for one, and not hours.
    long nanos = first.samples().totalNanos().get(0);
    assertTrue(nanos > 10_000 && nanos < 60_000_000_000L, nanos + " ns");
    assertThrows(InputException.class, () -> JmhRun.chosen("NoSuchThing"));
    assertThrows(InputException.class, () -> JmhRun.chosen("["));
    assertThrows(
        InputException.class,
        () ->
            JmhRun.run(
                new JmhPlan("Opening", one, "vector", 1, 0, 1, 1, 1),
                new PrintStream(PrintStream.nullOutputStream())));
  }
}
