package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.convert.TensorForm;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A measured choice.
 *
 * @param origin how it came about
 * @param choice forms of the tensors that do not stay as they are
 * @param bytes of all tensors
 * @param predictedNats the sum over single tensors; 0 where it was not searched
 * @param nats divergence from the source, measured
 */
public record ParetoPoint(
    String origin,
    SortedMap<String, TensorForm> choice,
    long bytes,
    double predictedNats,
    double nats) {
  public ParetoPoint {
    choice = Collections.unmodifiableSortedMap(new TreeMap<>(choice));
  }
}
