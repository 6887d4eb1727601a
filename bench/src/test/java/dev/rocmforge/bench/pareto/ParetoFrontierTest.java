package dev.rocmforge.bench.pareto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rocmforge.reports.record.FrontierPoint;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ParetoFrontierTest {
  private static ParetoPoint point(String origin, long bytes, double nats) {
    return new ParetoPoint(origin, new TreeMap<>(), bytes, 0, nats);
  }

  private static final ParetoPoint SOURCE = point("source", 100, 0);
  private static final ParetoPoint NEAR = point("near", 80, 0.1);
  private static final ParetoPoint WORSE = point("worse", 80, 0.2);
  private static final ParetoPoint LARGER = point("larger", 90, 0.15);
  private static final ParetoPoint SMALL = point("small", 40, 0.9);
  private static final ParetoFrontier FRONTIER =
      new ParetoFrontier(List.of(WORSE, SMALL, NEAR, LARGER, SOURCE), 50);

  @Test
  void onlyWhatIsNobodysInferiorStays() {
    assertEquals(List.of(SOURCE, NEAR, SMALL), FRONTIER.best());
    assertEquals(
        List.of(true, false, true, false, true),
        FRONTIER.records().stream().map(FrontierPoint::onFrontier).toList());
    assertEquals(1.6, FRONTIER.records().get(2).bytesPerWeight());
  }

  @Test
  void aBudgetTakesTheBestWithin() {
    assertEquals(Optional.of(NEAR), FRONTIER.within(95));
    assertEquals(Optional.of(SMALL), FRONTIER.within(79));
    assertEquals(Optional.empty(), FRONTIER.within(39));
    assertEquals(Optional.of(NEAR), FRONTIER.near(0.5));
    assertEquals(Optional.of(SOURCE), FRONTIER.near(0.05));
  }
}
