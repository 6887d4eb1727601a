package dev.rocmforge.validation.kernel;

import java.util.SplittableRandom;

/** Gate and up projections joined by SwiGLU: gate_up and gate_up_q8. */
final class GateTrials {
  private static final int FIRST_ROW = 1;

  private GateTrials() {}

  /** Row r of the gate and of the up half, gated. */
  static Vectors gated(Product product, Vectors x, int rows, int firstGate) {
    Vectors all = new Vectors(x.rows(), rows);
    for (int token = 0; token < x.rows(); token++) {
      for (int row = 0; row < rows; row++) {
        Product.Value gate = product.of(firstGate + row, x, token);
        Product.Value up = product.of(firstGate + rows + row, x, token);
        all.set(token, row, Product.gated(gate, up));
      }
    }
    return all;
  }

  static Trial floats(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int rows = one.size("rows");
    int columns = one.size("columns");
    int tokens = one.size("tokens");
    int total = 2 * rows + 3;
    Weights weights =
        Weights.random(random, one.type().orElseThrow(), one.inputs(), 2 * rows, columns);
    Trial trial = new Trial();
    Trial.Slot planes = weights.repacked(trial, one, FIRST_ROW, total);
    int stride = Grids.padded(columns);
    float[] x = one.inputs().values(random, tokens, stride);
    Vectors y =
        gated(
            Product.ofFloats(weights, Product.lanes(one, columns)),
            Vectors.exact(x, tokens, columns, stride),
            rows,
            0);
    int threads = one.constant("RF_THREADS", 128);
    Trial.Slot out = trial.output("y", Element.F32, expected(y, rows + 1));
    return trial.launch(
        new Trial.Code(one.path() + ".hip", one.constants()),
        "gate_up",
        threads,
        Trial.Grid.of(Grids.blocks(rows, Grids.rows(one, threads, 1)), tokens),
        out,
        planes,
        trial.input("x", x),
        total,
        columns,
        FIRST_ROW,
        rows,
        stride,
        rows + 1);
  }

  /** The numbers in rows of {@code stride} elements; what lies between stays untouched. */
  static Expectation expected(Vectors y, int stride) {
    Expectation expected = new Expectation(y.rows(), stride);
    for (int row = 0; row < y.rows(); row++) {
      for (int column = 0; column < y.columns(); column++) {
        expected.set(row * stride + column, y.full(row, column));
      }
    }
    return expected;
  }

  static Trial bytes(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int rows = one.size("rows");
    int columns = one.size("columns");
    int tokens = one.size("tokens");
    int total = 2 * rows + 3;
    Weights weights =
        Weights.random(random, one.type().orElseThrow(), one.inputs(), 2 * rows, columns);
    Trial trial = new Trial();
    Trial.Slot planes = weights.repacked(trial, one, FIRST_ROW, total);
    float[] x = one.inputs().values(random, tokens, columns);
    Quantized q8 = Quantized.of(Vectors.exact(x, tokens, columns, columns));
    Vectors y = gated(Product.ofIntegers(weights, one), q8.values(), rows, 0);
    Trial.Slot outBytes = trial.output("out_bytes", Element.I8, Quantized.bytesOf(y));
    Trial.Slot outScales = trial.output("out_scales", Element.F32, Quantized.scalesOf(y));
    Trial.Slot hidden = trial.output("hidden", Element.F32, expected(y, rows));
    int threads = one.constant("RF_THREADS", 256);
    return trial.launch(
        new Trial.Code(one.path() + ".hip", one.constants()),
        "gate_up_q8",
        threads,
        Trial.Grid.of(rows / Grids.rows(one, threads, pairs(one)), tokens),
        outBytes,
        outScales,
        hidden,
        trial.input("arrivals", new int[tokens * rows / 32]),
        planes,
        trial.input("bytes", q8.bytes()),
        trial.input("scales", q8.scales()),
        total,
        columns,
        FIRST_ROW,
        rows);
  }

  /**
   * RF_ROWS of gate_up_q8 where nothing says otherwise: fewer where a unit takes more registers.
   */
  private static int pairs(KernelCase one) {
    return switch (one.type().orElseThrow()) {
      case Q5_0, Q5_1, Q5_K, Q6_K -> 2;
      default -> 4;
    };
  }
}
