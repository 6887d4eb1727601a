package dev.rocmforge.engine.gpu;

import java.util.Map;

/**
 * How decode steps of a session ran.
 *
 * @param captures steps recorded as a graph
 * @param replays steps run as a graph
 * @param hits replays of a graph that was already there
 * @param misses steps for which there was none that fits
 * @param updates captures that changed a runnable graph in place
 * @param fallbacks steps launched one by one although a graph was wanted
 * @param reasons why, and how often
 */
public record GraphHealth(
    long captures,
    long replays,
    long hits,
    long misses,
    long updates,
    long fallbacks,
    Map<String, Long> reasons) {
  public GraphHealth {
    reasons = Map.copyOf(reasons);
  }
}
