package dev.rocmforge.engine.gpu.guard;

import dev.rocmforge.engine.gpu.Choice;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.gpu.feature.KernelDispatch;
import dev.rocmforge.engine.gpu.feature.KernelDispatch.Decision;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.Toggle;

/** From what was decided for a device to the options of a backend. */
final class Dispatch {
  private Dispatch() {}

  static GpuOptions options(
      int deviceIndex,
      DeviceFeatures features,
      KernelDispatch kernels,
      GpuEnvironment environment) {
    return GpuOptions.DEFAULT
        .withDeviceIndex(deviceIndex)
        .withWave(features.waveSize())
        .withGraph(choice(environment.decodeGraph()))
        .withQ8Activations(choice(kernels.q8Activations()))
        .withMatrix(choice(kernels.matrix()))
        .withDot2(choice(kernels.dot2()))
        .withProfile(environment.profileDecodeStages())
        .withTuning(choice(environment.autotune()));
  }

  private static Choice choice(Decision decision) {
    return decision.on() ? Choice.ON : Choice.OFF;
  }

  private static Choice choice(Toggle toggle) {
    return switch (toggle.state()) {
      case UNSET -> Choice.AUTO;
      case ON -> Choice.ON;
      case OFF -> Choice.OFF;
    };
  }
}
