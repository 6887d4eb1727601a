package dev.rocmforge.engine.gpu.guard;

import dev.rocmforge.engine.gpu.Choice;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.Toggle;

/** From what a device can do and what was asked for to the options of a backend. */
final class Dispatch {
  private Dispatch() {}

  /**
   * Kernels follow the features. Without the byte dot product, by hardware or by override, there
   * are q8 activations only where they were asked for and the dot product was not taken away.
   */
  static GpuOptions options(int deviceIndex, DeviceFeatures features, GpuEnvironment environment) {
    return GpuOptions.DEFAULT
        .withDeviceIndex(deviceIndex)
        .withWave(features.waveSize())
        .withGraph(choice(environment.decodeGraph()))
        .withQ8Activations(q8(features, environment))
        .withMatrix(choice(environment.wmma()));
  }

  private static Choice q8(DeviceFeatures features, GpuEnvironment environment) {
    if (environment.dp4a().forbidden()) {
      return Choice.OFF;
    }
    return environment.q8Activations().orElse(features.dp4a().available()) ? Choice.ON : Choice.OFF;
  }

  private static Choice choice(Toggle toggle) {
    return switch (toggle.state()) {
      case UNSET -> Choice.AUTO;
      case ON -> Choice.ON;
      case OFF -> Choice.OFF;
    };
  }
}
