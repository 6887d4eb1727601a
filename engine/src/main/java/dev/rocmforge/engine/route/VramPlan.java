package dev.rocmforge.engine.route;

import java.util.List;

/**
 * What a session will allocate on the device, before anything is allocated.
 *
 * @param lines one entry a purpose, in the order of the table
 */
public record VramPlan(List<Line> lines) {
  /**
   * Device memory for one purpose.
   *
   * @param purpose words of the table: {@code Model weights}
   * @param bytes as asked of the device
   */
  public record Line(String purpose, long bytes) {
    public Line {
      if (bytes < 0) {
        throw new AssertionError(purpose + ": " + bytes + " bytes");
      }
    }
  }

  public VramPlan {
    lines = List.copyOf(lines);
  }

  /** Bytes of all lines. */
  public long totalBytes() {
    return lines.stream().mapToLong(Line::bytes).reduce(0, Math::addExact);
  }
}
