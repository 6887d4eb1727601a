package dev.rocmforge.engine.gpu;

import java.util.Locale;

/**
 * What paging of experts did in a session so far. An expert that tokens which run together ask for
 * counts once.
 *
 * @param slots experts that fit on the device
 * @param experts of all layers
 * @param asked experts that a router chose
 * @param hits of these, those that were on the device or on their way already
 * @param prefetched experts copied ahead of their router
 * @param prefetchedUsed of these, those that it then chose while they were still there
 * @param bytesMoved from host to device, of both kinds
 * @param stallMillis device time between the choice of experts and their products, in which the
 *     session's stream waited for the host and for copies
 * @param prefetch whether experts are fetched ahead
 */
public record ExpertTraffic(
    int slots,
    int experts,
    long asked,
    long hits,
    long prefetched,
    long prefetchedUsed,
    long bytesMoved,
    double stallMillis,
    boolean prefetch) {
  /** Share of hits; NaN before anything was asked for. */
  public double hitRate() {
    return (double) hits / asked;
  }

  /** For records. */
  public String words() {
    return String.format(
        Locale.ROOT,
        "paged: %d of %d experts on the device; hit rate %.4f (%d of %d); stall %.3f ms;"
            + " %d bytes moved; prefetch %s",
        slots,
        experts,
        asked == 0 ? 0 : hitRate(),
        hits,
        asked,
        stallMillis,
        bytesMoved,
        prefetch ? "%d, %d of them used".formatted(prefetched, prefetchedUsed) : "off");
  }
}
