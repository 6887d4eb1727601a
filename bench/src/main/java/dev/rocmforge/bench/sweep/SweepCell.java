package dev.rocmforge.bench.sweep;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Interval;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One combination.
 *
 * @param model file name, which names the quantization
 * @param depth tokens in the context before
 */
public record SweepCell(
    String model, KernelChoice kernels, boolean graph, boolean q8, KvStorage kvType, int depth) {
  /** What a cell is compared with: the plainest one of its model and depth. */
  SweepCell baseline() {
    return new SweepCell(model, KernelChoice.SCALAR, false, false, KvStorage.of(KvType.F32), depth);
  }

  /** As settings of a record's workload. */
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("kernels", kernels.word());
    settings.put("graph", graph ? "on" : "off");
    settings.put("q8", q8 ? "on" : "off");
    return settings;
  }

  @Override
  public String toString() {
    return "%s %s graph=%s q8=%s kv=%s d%d"
        .formatted(
            model, kernels.word(), graph ? "on" : "off", q8 ? "on" : "off", kvType.word(), depth);
  }

  /** How a cell ended. */
  public sealed interface Result {
    SweepCell cell();
  }

  /**
   * A cell that cannot be, and why.
   *
   * @param reason {@code not on gfx1010}, or what the kernels need
   */
  public record Absent(SweepCell cell, String reason) implements Result {}

  /**
   * A cell that ran.
   *
   * @param error relative L2 error of the logits against the reference, the largest seen
   * @param limit that passes
   * @param prefill of the cell
   * @param decode of the cell
   * @param prefillSpeedUp over the baseline, with its interval; empty for the baseline itself
   * @param decodeSpeedUp likewise
   * @param record what goes into the history
   */
  public record Ran(
      SweepCell cell,
      double error,
      double limit,
      Measurement prefill,
      Measurement decode,
      Optional<Interval> prefillSpeedUp,
      Optional<Interval> decodeSpeedUp,
      RunRecord record)
      implements Result {
    /** Whether the output was right; a speed without it is void. */
    public boolean right() {
      return error <= limit;
    }
  }
}
