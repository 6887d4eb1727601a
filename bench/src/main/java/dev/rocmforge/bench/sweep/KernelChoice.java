package dev.rocmforge.bench.sweep;

import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.gpu.Choice;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.LaunchShape;
import dev.rocmforge.engine.gpu.LaunchShapes;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.ModelProfile;
import java.util.Locale;
import java.util.Optional;

/** Which kernels a cell of the sweep runs; the first axis. */
public enum KernelChoice {
  /** One row a wave, f32 products. The baseline. */
  SCALAR,
  /** Weights loaded as packed words. */
  PACKED,
  /** Four neighbouring rows a wave, f32 products. */
  MULTI_ROW,
  /** Four-byte dot products. */
  DP4A,
  /** Products of f16 pairs. */
  DOT2,
  /** Prefill by matrix instructions. */
  WMMA;

  private static final int ROWS = 4;

  /** The word of the command line and of records. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Why a cell with these kernels cannot be run; empty if it can. */
  Optional<String> obstacle(DeviceFeatures device, Model model, boolean q8) {
    return switch (this) {
      case SCALAR, MULTI_ROW -> Optional.empty();
      case PACKED -> Optional.of("no kernel of its own: all of them load packed words");
      case DP4A ->
          device.dp4a().available()
              ? q8 ? Optional.empty() : Optional.of("takes signed bytes: needs q8 activations")
              : missing(device);
      case DOT2 -> dot2(device, model, q8);
      case WMMA -> device.wmma().available() ? Optional.empty() : missing(device);
    };
  }

  private static Optional<String> missing(DeviceFeatures device) {
    return Optional.of("not on " + device.architecture());
  }

  private static Optional<String> dot2(DeviceFeatures device, Model model, boolean q8) {
    if (!device.dot2().available()) {
      return missing(device);
    }
    if (!ModelProfile.of(model).types().contains(QuantType.F16)) {
      return Optional.of("takes f16 weights: the model has none");
    }
    return q8 ? Optional.of("f16 weights take no signed bytes") : Optional.empty();
  }

  /** The backend's options; wave and device are set already. */
  GpuOptions options(GpuOptions base) {
    return base.withMatrix(this == WMMA ? Choice.ON : Choice.OFF)
        .withDot2(this == DOT2 ? Choice.ON : Choice.OFF);
  }

  /** How rows are cut; {@code tuned} is what was measured for the device. */
  LaunchShapes shapes(LaunchShapes tuned) {
    return switch (this) {
      case SCALAR -> LaunchShapes.DEFAULT;
      case MULTI_ROW ->
          (operation, type, rows, columns) -> {
            LaunchShape shape = LaunchShapes.DEFAULT.shape(operation, type, rows, columns);
            return new LaunchShape(shape.threads(), shape.share(), ROWS, shape.fixedColumns());
          };
      case PACKED, DP4A, DOT2, WMMA -> tuned;
    };
  }
}
