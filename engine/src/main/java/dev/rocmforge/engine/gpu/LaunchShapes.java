package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;
import java.nio.file.Path;

/** Chooses the shape of matrix-vector launches; from measurements where there are some. */
@FunctionalInterface
public interface LaunchShapes {
  /** What the kernels are written for, without any measurement. */
  LaunchShapes DEFAULT =
      (operation, type, rows, columns) ->
          switch (operation) {
            case "gemv", "gemv_q8", "gate_up", "moe" -> new LaunchShape(128, 1, 1, false);
            case "qkv", "qkv_q8" -> new LaunchShape(256, 1, 1, true);
            default -> new LaunchShape(256, 1, 1, false);
          };

  /**
   * The measured shapes of an architecture, as {@code kernels/tuning/launch.tsv} has them.
   *
   * @param root the folder that holds {@code kernels}
   */
  static LaunchShapes of(Path root, String architecture) {
    return LaunchTable.read(root, architecture);
  }

  /**
   * @param operation last part of the kernel's path: {@code gemv_q8}
   * @param rows of the product, of gate in fused ones
   */
  LaunchShape shape(String operation, QuantType type, int rows, int columns);

  /**
   * Of the decode attention: {@code rows} are query heads of a wave, {@code share} the waves that
   * share a head's positions.
   *
   * @param group query heads of a kv head
   */
  default LaunchShape attention(int group, int headSize) {
    return new LaunchShape(512, 4, 2, false);
  }
}
