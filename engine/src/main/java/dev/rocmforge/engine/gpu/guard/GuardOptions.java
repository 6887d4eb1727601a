package dev.rocmforge.engine.gpu.guard;

import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.RouterTable;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How the door is passed.
 *
 * @param variables the process's environment
 * @param deviceIndex the device that was asked for among the visible ones
 * @param router which table to go by
 * @param fallback whether a model that the GPU cannot run is run on the CPU
 */
public record GuardOptions(
    Map<String, String> variables, OptionalInt deviceIndex, RouterTable router, boolean fallback) {
  public GuardOptions {
    variables = Map.copyOf(variables);
  }

  /** The default table and device; nothing falls back. */
  public static GuardOptions of(Map<String, String> variables) {
    return new GuardOptions(variables, OptionalInt.empty(), RouterTable.BATCHING, false);
  }

  public GuardOptions withDeviceIndex(int index) {
    return new GuardOptions(variables, OptionalInt.of(index), router, fallback);
  }

  public GuardOptions withRouter(RouterTable table) {
    return new GuardOptions(variables, deviceIndex, table, fallback);
  }

  /** With {@code ROCMFORGE_PROFILE_DECODE_STAGES} set. */
  public GuardOptions withProfile() {
    return with(GpuEnvironment.PROFILE_DECODE_STAGES);
  }

  /** With {@code ROCMFORGE_AUTOTUNE} set. */
  public GuardOptions withAutotune() {
    return with(GpuEnvironment.AUTOTUNE);
  }

  /** With {@code ROCMFORGE_EXPERT_VRAM} set. */
  public GuardOptions withExpertMemory(String text) {
    return with(GpuEnvironment.EXPERT_VRAM, text);
  }

  private GuardOptions with(String variable) {
    return with(variable, "1");
  }

  private GuardOptions with(String variable, String value) {
    Map<String, String> more = new HashMap<>(variables);
    more.put(variable, value);
    return new GuardOptions(more, deviceIndex, router, fallback);
  }

  public GuardOptions withFallback(boolean allowed) {
    return new GuardOptions(variables, deviceIndex, router, allowed);
  }
}
