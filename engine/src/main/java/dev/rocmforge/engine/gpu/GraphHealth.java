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
 * @param bytes of device memory that were gone after making graphs runnable, over all of them; what
 *     others take or give at the same moment counts too
 * @param reservedBytes what the memory plan has for them
 * @param reasons why, and how often
 */
public record GraphHealth(
    long captures,
    long replays,
    long hits,
    long misses,
    long updates,
    long fallbacks,
    long bytes,
    long reservedBytes,
    Map<String, Long> reasons) {
  public GraphHealth {
    reasons = Map.copyOf(reasons);
  }

  /** Whether a step asked for a graph. */
  public boolean used() {
    return replays + fallbacks > 0;
  }

  /** Whether graphs took no more than the plan has for them. */
  public boolean withinReservation() {
    return bytes <= reservedBytes;
  }

  /** For records: whether steps ran as a graph, and how often each thing happened. */
  public String words() {
    return "%s: %d captured, %d replayed, %d updated, %d launched one by one%s; %d bytes%s"
        .formatted(
            fallbacks == 0 ? "on" : "refused",
            captures,
            replays,
            updates,
            fallbacks,
            reasons.isEmpty() ? "" : " " + reasons,
            bytes,
            withinReservation() ? "" : ", more than the %d reserved".formatted(reservedBytes));
  }
}
