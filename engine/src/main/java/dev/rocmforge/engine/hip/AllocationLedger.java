package dev.rocmforge.engine.hip;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What a runtime's owners hold at this moment, by kind and purpose; safe for several threads. */
public final class AllocationLedger {
  /** Kinds of things that must be closed. */
  public enum Kind {
    DEVICE_BUFFER,
    PINNED_BUFFER,
    STREAM,
    EVENT,
    MODULE,
    GRAPH,
    GRAPH_EXEC
  }

  private final Map<Kind, Integer> live = new EnumMap<>(Kind.class);
  private final Map<String, Long> bytesByPurpose = new TreeMap<>();
  private long deviceBytes;
  private long peakDeviceBytes;

  synchronized void opened(Kind kind, String purpose, long bytes) {
    live.merge(kind, 1, Integer::sum);
    if (kind == Kind.DEVICE_BUFFER) {
      bytesByPurpose.merge(purpose, bytes, Long::sum);
      deviceBytes += bytes;
      peakDeviceBytes = Math.max(peakDeviceBytes, deviceBytes);
    }
  }

  synchronized void closed(Kind kind, String purpose, long bytes) {
    live.merge(kind, -1, Integer::sum);
    if (kind == Kind.DEVICE_BUFFER) {
      bytesByPurpose.computeIfPresent(purpose, (p, b) -> b == bytes ? null : b - bytes);
      deviceBytes -= bytes;
    }
  }

  /** Open things of a kind. */
  public synchronized int live(Kind kind) {
    return live.getOrDefault(kind, 0);
  }

  /** Open things of all kinds: zero when everything was closed. */
  public synchronized int balance() {
    return live.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Bytes of device memory held, as asked for. */
  public synchronized long deviceBytes() {
    return deviceBytes;
  }

  public synchronized long peakDeviceBytes() {
    return peakDeviceBytes;
  }

  /** Device bytes held by purpose, sorted by name. */
  public synchronized Map<String, Long> bytesByPurpose() {
    return new TreeMap<>(bytesByPurpose);
  }

  @Override
  public synchronized String toString() {
    return "open: " + live + ", device bytes: " + bytesByPurpose;
  }
}
