package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.convert.TensorForm;
import dev.rocmforge.reports.record.FrontierPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All measured points and which of them are no other's inferior. Pure.
 *
 * @param points by bytes, the largest first
 * @param weights of the model
 */
public record ParetoFrontier(List<ParetoPoint> points, long weights) {
  public ParetoFrontier {
    points =
        points.stream()
            .sorted(
                Comparator.comparingLong(ParetoPoint::bytes)
                    .reversed()
                    .thenComparingDouble(ParetoPoint::nats)
                    .thenComparing(ParetoPoint::origin))
            .toList();
  }

  /** Bytes fall and divergence rises from each to the next. */
  public List<ParetoPoint> best() {
    List<ParetoPoint> best = new ArrayList<>();
    for (ParetoPoint point : points.reversed()) {
      // Ascending bytes; of equal ones the nearest comes last.
      if (!best.isEmpty() && best.getLast().bytes() == point.bytes()) {
        if (point.nats() < best.getLast().nats()) {
          best.removeLast();
        }
      }
      if (best.isEmpty() || point.nats() < best.getLast().nats()) {
        best.add(point);
      }
    }
    return best.reversed();
  }

  /** The nearest of at most so many bytes. */
  public Optional<ParetoPoint> within(long bytes) {
    return best().stream().filter(point -> point.bytes() <= bytes).findFirst();
  }

  /** The smallest that is at most so far from the source. */
  public Optional<ParetoPoint> near(double nats) {
    return best().reversed().stream().filter(point -> point.nats() <= nats).findFirst();
  }

  /** For a record. */
  public List<FrontierPoint> records() {
    List<ParetoPoint> best = best();
    return points.stream().map(point -> record(point, best.contains(point))).toList();
  }

  private FrontierPoint record(ParetoPoint point, boolean onFrontier) {
    TreeMap<String, Integer> forms = new TreeMap<>();
    for (TensorForm form : point.choice().values()) {
      forms.merge(form.word(), 1, Integer::sum);
    }
    return new FrontierPoint(
        point.origin(),
        point.bytes(),
        (double) point.bytes() / weights,
        point.predictedNats(),
        point.nats(),
        onFrontier,
        forms);
  }
}
