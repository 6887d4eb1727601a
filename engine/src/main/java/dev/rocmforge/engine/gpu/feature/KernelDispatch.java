package dev.rocmforge.engine.gpu.feature;

import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.Toggle;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which kernels a device runs, by what it can do and what was asked for.
 *
 * @param q8Activations single tokens as signed bytes where weights are quantized
 * @param matrix prefill by matrix instructions, both sides rounded to f16
 * @param dot2 single tokens as f16 pairs where weights are F16
 */
public record KernelDispatch(Decision q8Activations, Decision matrix, Decision dot2) {
  /**
   * One decision.
   *
   * @param because the instruction or the variable that decided
   */
  public record Decision(boolean on, String because) {
    @Override
    public String toString() {
      return (on ? "on" : "off") + " (" + because + ")";
    }
  }

  /**
   * Every kernel follows its instruction. Without the byte dot product, by hardware or by override,
   * there are q8 activations only where they were asked for and the dot product was not taken away.
   *
   * @param features after the overrides
   */
  public static KernelDispatch of(
      DeviceFeatures features, RuntimeKind runtime, GpuEnvironment environment) {
    return new KernelDispatch(
        q8(features, environment),
        matrix(features, runtime, environment),
        decision(features.dot2()));
  }

  private static Decision q8(DeviceFeatures features, GpuEnvironment environment) {
    Toggle asked = environment.q8Activations();
    boolean decided = asked.state() != Toggle.State.UNSET && !environment.dp4a().forbidden();
    return decided ? new Decision(asked.forced(), asked.because()) : decision(features.dp4a());
  }

  private static Decision matrix(
      DeviceFeatures features, RuntimeKind runtime, GpuEnvironment environment) {
    boolean emulated = runtime == RuntimeKind.CPU_EMULATION && features.wmma().available();
    return emulated && environment.wmma().state() == Toggle.State.UNSET
        ? new Decision(
            false,
            "%s: matrix instructions are emulated, off unless %s=1"
                .formatted(runtime.label(), GpuEnvironment.USE_WMMA))
        : decision(features.wmma());
  }

  private static Decision decision(Feature feature) {
    return new Decision(
        feature.available(),
        feature.source() == Feature.Source.OVERRIDE
            ? feature.detail()
            : feature.name() + ": " + feature.detail());
  }

  /** The decisions by name, for records. */
  public SortedMap<String, String> facts() {
    SortedMap<String, String> facts = new TreeMap<>();
    facts.put("q8 activations", q8Activations.toString());
    facts.put("matrix prefill", matrix.toString());
    facts.put("dot2", dot2.toString());
    return facts;
  }

  /** What was decided and why, on one line. */
  public String line() {
    return "[Dispatch] q8 activations: %s | matrix prefill: %s | dot2: %s"
        .formatted(q8Activations, matrix, dot2);
  }
}
