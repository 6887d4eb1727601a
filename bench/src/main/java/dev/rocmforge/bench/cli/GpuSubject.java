package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.engine.hip.DeviceProperties;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.route.InferencePath;
import dev.rocmforge.engine.route.Route;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.validation.machine.DeviceBandwidth;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The GPU as a record names it.
 *
 * @param runtime which library spoke HIP's ABI
 * @param device the one that is taken
 * @param bandwidth of its memory, where the weights lie
 */
record GpuSubject(
    DeviceRuntime runtime, Environment.Device device, Environment.Bandwidth bandwidth) {
  /**
   * Looks at the device that a run would take. Empty if none was asked for, or if the model cannot
   * run there and may fall back: the options speak of the CPU from then on.
   *
   * @throws dev.rocmforge.engine.EnvironmentException if the model cannot run there otherwise
   */
  static Optional<GpuSubject> probe(
      BackendOptions options, Model model, SessionOptions session, Consumer<String> lines) {
    if (options.choice() != BackendChoice.GPU) {
      return Optional.empty();
    }
    try (GuardedBackend guarded = (GuardedBackend) options.open(0, lines)) {
      Route route = guarded.plan(model, session);
      if (route.path() instanceof InferencePath.CpuFallback(String reason)) {
        route.lines().forEach(lines);
        lines.accept("Falling back to the CPU: " + reason);
        options.fallBack();
        return Optional.empty();
      }
      return Optional.of(of(guarded));
    }
  }

  static GpuSubject of(GuardedBackend guarded) {
    HipRuntime runtime = guarded.gpu().runtime();
    DeviceProperties device = guarded.selection().device();
    return new GpuSubject(
        kind(runtime.kind()),
        new Environment.Device(
            device.name(),
            device.architectureName(),
            device.memoryBytes(),
            Integer.toString(runtime.version()),
            Integer.toString(runtime.driverVersion())),
        DeviceBandwidth.measure(guarded.gpu().device(), runtime.kind()));
  }

  static DeviceRuntime kind(RuntimeKind kind) {
    return switch (kind) {
      case AMD -> DeviceRuntime.AMD;
      case CPU_EMULATION -> DeviceRuntime.CPU_EMULATION;
      case NVIDIA -> DeviceRuntime.NVIDIA;
    };
  }
}
