package dev.rocmforge.reports.record;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One choice of forms for a model's tensors, measured.
 *
 * @param origin how it was chosen: {@code source}, {@code searched}, {@code uniform Q4_0}
 * @param bytes of all tensors
 * @param bytesPerWeight the same over the number of weights
 * @param predictedNats what single tensors added up to; 0 for points that were not searched
 * @param divergenceNats mean divergence from the source, measured
 * @param onFrontier whether no other point is as small and as near
 * @param forms tensors by form; those whose form is no choice are not counted
 */
public record FrontierPoint(
    String origin,
    long bytes,
    double bytesPerWeight,
    double predictedNats,
    double divergenceNats,
    boolean onFrontier,
    SortedMap<String, Integer> forms) {
  public FrontierPoint {
    Require.text(origin, "point.origin");
    Require.atLeast(1, bytes, "point.bytes");
    Require.that(
        Double.isFinite(bytesPerWeight) && bytesPerWeight > 0,
        "point.bytesPerWeight",
        "a positive number",
        bytesPerWeight);
    Require.that(
        Double.isFinite(divergenceNats), "point.divergenceNats", "a number", divergenceNats);
    forms = Collections.unmodifiableSortedMap(new TreeMap<>(Require.present(forms, "point.forms")));
  }
}
