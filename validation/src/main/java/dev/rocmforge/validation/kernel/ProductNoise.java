package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.validation.numeric.Nmse;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What 8-bit activations cost a matrix-vector product, measured on the kernels: normal weights
 * encoded into the format, normal activations, {@code gemv} and {@code quantize_q8} with {@code
 * gemv_q8} on the same of both, and double arithmetic on the weights as they were.
 *
 * @param type of the weights
 * @param dp4aAgainstScalar NMSE of the q8 kernel against the f32 kernel
 * @param formatAgainstExact NMSE of the f32 kernel against the weights before they were encoded
 */
public record ProductNoise(QuantType type, double dp4aAgainstScalar, double formatAgainstExact) {
  private static final int ROWS = 64;
  private static final int COLUMNS = 3584;

  /** The types that have a kernel for 8-bit activations and an encoder. */
  public static List<QuantType> types() {
    return Arrays.stream(QuantType.values())
        .filter(Weights::onDevice)
        .filter(type -> type.blockSize() > 1 && type.format().encodes())
        .toList();
  }

  /** Runs the three products on a device. */
  public static ProductNoise measure(KernelCheck check, QuantType type)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(20 + type.ggmlType());
    float[] exact = InputClass.NORMAL.values(random, ROWS, COLUMNS);
    Weights weights = Weights.encoded(type, ROWS, COLUMNS, exact);
    float[] x = InputClass.NORMAL.values(random, 1, COLUMNS);
    KernelCase one =
        KernelCase.of(
            KernelCase.folder(type)
                + "/gemv:columns="
                + COLUMNS
                + ",rows="
                + ROWS
                + ",tokens=1:w32:normal:1");
    float[] scalar = scalar(check, one, weights, x);
    float[] dp4a = dp4a(check, one, weights, x);
    Nmse kernels = new Nmse();
    Nmse format = new Nmse();
    for (int row = 0; row < ROWS; row++) {
      double sum = 0;
      for (int i = 0; i < COLUMNS; i++) {
        sum += (double) exact[row * COLUMNS + i] * x[i];
      }
      format.add(sum, scalar[row]);
      kernels.add(scalar[row], dp4a[row]);
    }
    return new ProductNoise(type, kernels.value(), format.value());
  }

  private static float[] scalar(KernelCheck check, KernelCase one, Weights weights, float[] x)
      throws InterruptedException {
    Trial trial = new Trial();
    Trial.Slot planes = weights.repacked(trial, one, 0, ROWS);
    Trial.Slot y = trial.scratch("y", 4L * ROWS);
    trial.launch(
        new Trial.Code(one.path() + ".hip", one.constants()),
        "gemv",
        128,
        Trial.Grid.of(Grids.blocks(ROWS, 128 / one.wave())),
        y,
        planes,
        trial.input("x", x),
        null,
        null,
        ROWS,
        COLUMNS,
        0,
        ROWS,
        COLUMNS,
        ROWS);
    return check.floats(trial, y);
  }

  private static float[] dp4a(KernelCheck check, KernelCase one, Weights weights, float[] x)
      throws InterruptedException {
    Trial trial = new Trial();
    Trial.Slot planes = weights.repacked(trial, one, 0, ROWS);
    Trial.Slot y = trial.scratch("y", 4L * ROWS);
    Trial.Slot bytes = trial.scratch("bytes", COLUMNS);
    Trial.Slot scales = trial.scratch("scales", 4L * COLUMNS / 16);
    trial.launch(
        new Trial.Code("ops/quantize_q8.hip", one.constants()),
        "quantize_q8",
        256,
        Trial.Grid.of(Grids.blocks(COLUMNS, 1024), 1),
        bytes,
        scales,
        trial.input("x", x),
        COLUMNS,
        COLUMNS);
    trial.launch(
        new Trial.Code(one.path() + "_q8.hip", one.constants()),
        "gemv_q8",
        128,
        Trial.Grid.of(Grids.blocks(ROWS, 128 / one.wave()), 1),
        y,
        planes,
        bytes,
        scales,
        null,
        null,
        ROWS,
        COLUMNS,
        0,
        ROWS,
        ROWS);
    return check.floats(trial, y);
  }
}
