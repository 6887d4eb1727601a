package dev.rocmforge.engine.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much device memory inference may take: what is free, less what the desktop keeps. All sizes
 * are bytes, GiB is 2^30.
 *
 * @param deviceIndex index among the visible devices
 * @param totalBytes memory of the device
 * @param freeBytes free before this process allocates anything
 * @param reserveBytes left to the desktop
 */
public record VramBudget(int deviceIndex, long totalBytes, long freeBytes, long reserveBytes) {
  private static final double GIB = 1L << 30;

  public VramBudget {
    if (freeBytes < 0 || freeBytes > totalBytes || reserveBytes < 0) {
      throw new AssertionError(
          "%d of %d bytes free, %d reserved".formatted(freeBytes, totalBytes, reserveBytes));
    }
  }

  /** Bytes that inference may take; 0 when the reserve is not even free. */
  public long availableBytes() {
    return Math.max(0, freeBytes - reserveBytes);
  }

  /** Bytes that others have taken. */
  public long usedBytes() {
    return totalBytes - freeBytes;
  }

  /** Whether the plan may be allocated. */
  public boolean fits(VramPlan plan) {
    return plan.totalBytes() <= availableBytes();
  }

  /** Why the plan may not be allocated, with all sizes and what helps; empty when it may. */
  public Optional<String> obstacle(VramPlan plan) {
    if (fits(plan)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "device %d: %d bytes (%.2f GiB) of VRAM needed, %d (%.2f GiB) available: %.2f GiB free"
                + " less %.2f GiB for the desktop (%s); a smaller model, a shorter context or a"
                + " smaller reserve helps",
            deviceIndex,
            plan.totalBytes(),
            plan.totalBytes() / GIB,
            availableBytes(),
            availableBytes() / GIB,
            freeBytes / GIB,
            reserveBytes / GIB,
            GpuEnvironment.DESKTOP_VRAM_GB));
  }

  /** The line that a run on the GPU begins with. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "[VRAM Manager] Free VRAM: %.2f GiB | Desktop Reserved: %.2f GiB"
            + " | Safe Allocation Limit: %.2f GiB",
        freeBytes / GIB,
        reserveBytes / GIB,
        availableBytes() / GIB);
  }

  /** The table of what there is and what the plan needs, one string a line. */
  public List<String> table(VramPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("VRAM status (device " + deviceIndex + "):");
    lines.add(row("Total", totalBytes, ""));
    lines.add(row("Used (other)", usedBytes(), ""));
    lines.add(row("Free", freeBytes, ""));
    lines.add(row("Desktop reserved", reserveBytes, "  " + GpuEnvironment.DESKTOP_VRAM_GB));
    lines.add(row("For inference", availableBytes(), ""));
    lines.add("Estimated usage:");
    plan.lines().forEach(line -> lines.add(row(line.purpose(), line.bytes(), "")));
    lines.add(row("Total required", plan.totalBytes(), fits(plan) ? "  [OK]" : "  [OVER BUDGET]"));
    return lines;
  }

  private static String row(String name, long bytes, String remark) {
    return String.format(Locale.ROOT, "  %-18s %7.2f GiB%s", name, bytes / GIB, remark);
  }
}
