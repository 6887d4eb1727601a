package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** Weight rows times activations plus thin factors in the same launch. */
final class LowRankTrials {
  private static final int FIRST_ROW = 2;
  private static final int MORE_ROWS = 3;

  private LowRankTrials() {}

  static Trial gemv(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int rows = one.size("rows");
    int columns = one.size("columns");
    int tokens = one.size("tokens");
    int rank = one.size("rank");
    int yStride = rows + 1;
    int xStride = Grids.padded(columns);
    boolean extras = one.constant("extras", 1) != 0;
    Weights weights = Weights.random(random, one.type().orElseThrow(), one.inputs(), rows, columns);
    Trial trial = new Trial();
    Trial.Slot planes = weights.repacked(trial, one, FIRST_ROW, rows + MORE_ROWS);
    float[] x = one.inputs().values(random, tokens, xStride);
    float[] u = InputClass.NORMAL.values(random, rows, rank);
    float[] inner = one.inputs().values(random, tokens, rank);
    float[] bias = InputClass.NORMAL.values(random, 1, rows);
    float[] residual = InputClass.NORMAL.values(random, tokens, yStride);
    Vectors vectors = Vectors.exact(x, tokens, columns, xStride);
    Product product = Product.ofFloats(weights, Product.lanes(one, columns));
    Expectation expected = new Expectation(tokens, yStride);
    for (int token = 0; token < tokens; token++) {
      for (int row = 0; row < rows; row++) {
        Product.Value value =
            sum(product.of(row, vectors, token), dot(one, u, row * rank, inner, token * rank));
        int at = token * yStride + row;
        if (extras) {
          value = Product.plus(Product.plus(value, bias[row]), residual[at]);
        }
        expected.set(at, value);
      }
    }
    Trial.Slot y =
        extras ? trial.output("y", residual, expected) : trial.output("y", Element.F32, expected);
    int threads = one.constant("RF_THREADS", 128);
    return trial.launch(
        new Trial.Code(one.path() + ".hip", one.constants()),
        "gemv_low_rank",
        threads,
        Trial.Grid.of(Grids.blocks(rows, Grids.rows(one, threads, 1)), tokens),
        y,
        planes,
        trial.input("x", x),
        trial.input("u", u),
        trial.input("inner", inner),
        extras ? trial.input("bias", bias) : null,
        extras ? y : null,
        rows + MORE_ROWS,
        columns,
        FIRST_ROW,
        rows,
        xStride,
        yStride,
        rank);
  }

  /** A lane adds every W-th product, then log2(W) steps over the lanes. */
  private static Product.Value dot(KernelCase one, float[] u, int from, float[] inner, int at) {
    int rank = one.size("rank");
    double sum = 0;
    double magnitude = 0;
    double energy = 0;
    for (int i = 0; i < rank; i++) {
      double term = (double) u[from + i] * inner[at + i];
      sum += term;
      magnitude += Math.abs(term);
      energy += term * term;
    }
    int roundings = 2 * Grids.blocks(rank, one.wave()) + Integer.numberOfTrailingZeros(one.wave());
    double bound = RoundingBound.gamma(roundings) * magnitude + rank * RoundingBound.F32_FLUSH;
    return new Product.Value(sum, bound, energy);
  }

  /** Of two sums with errors of their own, rounded once more. */
  private static Product.Value sum(Product.Value a, Product.Value b) {
    double sum = a.value() + b.value();
    double bound = a.bound() + b.bound();
    return new Product.Value(
        sum, bound + RoundingBound.gamma(1) * (Math.abs(sum) + bound), a.energy() + b.energy());
  }
}
