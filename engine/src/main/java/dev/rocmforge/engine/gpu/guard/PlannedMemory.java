package dev.rocmforge.engine.gpu.guard;

import dev.rocmforge.engine.gpu.GpuMemoryPlan;
import dev.rocmforge.engine.gpu.GpuMemoryPlan.Buffer;
import dev.rocmforge.engine.gpu.GpuMemoryPlan.Use;
import dev.rocmforge.engine.route.VramPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The lines of the memory table: a session's buffers by use, and what the backend holds already.
 */
final class PlannedMemory {
  private PlannedMemory() {}

  /**
   * @param held device bytes by purpose that the backend holds; weights of the plan among them are
   *     shared, everything else comes on top
   */
  static VramPlan of(GpuMemoryPlan plan, Map<String, Long> held) {
    List<VramPlan.Line> lines = new ArrayList<>();
    plan.bytesByUse().forEach((use, bytes) -> lines.add(new VramPlan.Line(words(use), bytes)));
    long others = held.values().stream().mapToLong(Long::longValue).sum();
    for (Buffer buffer : plan.buffers()) {
      if (buffer.use() == Use.WEIGHTS) {
        others -= Math.min(buffer.bytes(), held.getOrDefault(buffer.name(), 0L));
      }
    }
    if (others > 0) {
      lines.add(new VramPlan.Line("Other sessions", others));
    }
    return new VramPlan(lines);
  }

  private static String words(Use use) {
    return switch (use) {
      case WEIGHTS -> "Model weights";
      case EXPERTS -> "Paged experts";
      case STAGING -> "Upload staging";
      case KV_CACHE -> "KV cache";
      case RECURRENT_STATE -> "Recurrent state";
      case ROPE_TABLE -> "RoPE table";
      case CONTROL -> "Control";
      case SCRATCH -> "Scratch buffers";
      case PARTIALS -> "Attention parts";
      case LOGITS -> "Logits";
      case GRAPH -> "Decode graphs";
    };
  }
}
