package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** Weight rows times activations: embed, gemv, gemv_q8, gemv_q8_tokens, gemm, gemm_f16. */
final class MatrixTrials {
  private static final int FIRST_ROW = 2;
  private static final int MORE_ROWS = 3;
  private static final int NONE = 0;

  private final KernelCase one;
  private final SplittableRandom random;
  private final int rows;
  private final int columns;
  private final int tokens;
  private final Weights weights;
  private final int total;
  private final Trial trial = new Trial();

  private MatrixTrials(KernelCase one) {
    this.one = one;
    random = new SplittableRandom(one.seed());
    rows = one.size("rows");
    columns = one.size("columns");
    tokens = one.size("tokens");
    weights = Weights.random(random, one.type().orElseThrow(), one.inputs(), rows, columns);
    total = rows + MORE_ROWS;
  }

  private Trial.Code code() {
    return new Trial.Code(one.path() + ".hip", one.constants());
  }

  /**
   * repack and embed: the decoder's numbers, except that scale * q - minimum may be one fused
   * operation. Ids outside the vocabulary give NaN.
   */
  static Trial embed(KernelCase one) {
    MatrixTrials m = new MatrixTrials(one);
    Trial.Slot planes = m.weights.repacked(m.trial, one, FIRST_ROW, m.total);
    int count = m.tokens + 3;
    int[] ids = new int[count];
    Expectation expected = new Expectation(count, m.columns);
    for (int token = 0; token < count; token++) {
      int row = token == 0 ? m.rows - 1 : m.random.nextInt(m.rows);
      ids[token] =
          token < m.tokens ? FIRST_ROW + row : new int[] {-1, m.total, 1 << 30}[token - m.tokens];
      for (int column = 0; column < m.columns; column++) {
        int at = token * m.columns + column;
        if (token >= m.tokens) {
          expected.setNaN(at);
        } else {
          double value = m.weights.value(row, column);
          // Without a minimum the magnitude is the value's own, and the product is exact or rounded
          // once.
          double terms = m.weights.magnitude(row, column);
          boolean exact = terms == Math.abs(value);
          expected.set(at, value, exact ? 0 : RoundingBound.gamma(2) * terms);
        }
      }
    }
    Trial.Slot out = m.trial.output("out", Element.F32, expected);
    Trial.Slot tokenIds = m.trial.input("tokens", ids);
    Trial.Grid grid = Trial.Grid.of(Grids.blocks(m.weights.units(), 64), count);
    return m.trial.launch(m.code(), "embed", 64, grid, out, planes, tokenIds, m.total, m.columns);
  }

  static Trial gemv(KernelCase one) {
    MatrixTrials m = new MatrixTrials(one);
    int threads = one.constant("RF_THREADS", 128);
    Trial.Grid grid = Trial.Grid.of(Grids.blocks(m.rows, Grids.rows(one, threads, 1)), m.tokens);
    return m.floats("gemv", threads, grid, Product.lanes(one, m.columns), false);
  }

  static Trial gemm(KernelCase one) {
    MatrixTrials m = new MatrixTrials(one);
    Trial.Grid grid = Trial.Grid.of(Grids.blocks(m.rows, 64), Grids.blocks(m.tokens, 64));
    return m.floats("gemm", 256, grid, Product.serial(m.columns), true);
  }

  /**
   * Both factors are rounded to f16 first, which both sides do alike; the f32 sum has the chip's
   * own order inside a step.
   */
  static Trial gemmF16(KernelCase one) {
    MatrixTrials m = new MatrixTrials(one);
    Trial.Grid grid = Trial.Grid.of(Grids.blocks(m.rows, 128), Grids.blocks(m.tokens, 128));
    return m.floats("gemm_f16", 8 * one.wave(), grid, Product.serial(m.columns), true);
  }

  private Trial floats(
      String kernel, int threads, Trial.Grid grid, int roundings, boolean tokensLast) {
    Trial.Slot planes = weights.repacked(trial, one, FIRST_ROW, total);
    int xStride = Grids.padded(columns);
    float[] x = one.inputs().values(random, tokens, xStride);
    Vectors vectors = Vectors.exact(x, tokens, columns, xStride);
    Weights factors = weights;
    int all = roundings;
    if (kernel.equals("gemm_f16") || one.constant("RF_DOT2", 0) == 1) {
      vectors = halves(vectors);
      factors = weights.halves();
      // The chip's own order inside a step may lose bits below the largest term: twice as many.
      all = 2 * roundings;
    }
    Trial.Slot input = trial.input("x", x);
    Ends ends = ends(vectors, Product.ofFloats(factors, all));
    Object[] arguments = {
      ends.y,
      planes,
      input,
      ends.bias,
      ends.residual,
      total,
      columns,
      FIRST_ROW,
      rows,
      xStride,
      rows + 1,
      tokens
    };
    Object[] fitting = tokensLast ? arguments : java.util.Arrays.copyOf(arguments, 11);
    return trial.launch(code(), kernel, threads, grid, fitting);
  }

  /** x rounded to f16, which is exact; a chip may take a subnormal f16 for zero. */
  private static Vectors halves(Vectors x) {
    Vectors all = new Vectors(x.rows(), x.columns());
    for (int row = 0; row < x.rows(); row++) {
      for (int column = 0; column < x.columns(); column++) {
        float half = Float.float16ToFloat(Float.floatToFloat16((float) x.value(row, column)));
        all.set(row, column, half, Weights.flushedHalf(half));
      }
    }
    return all;
  }

  static Trial gemvQ8(KernelCase one) {
    MatrixTrials m = new MatrixTrials(one);
    int threads = one.constant("RF_THREADS", 128);
    int blocks = Grids.blocks(m.rows, Grids.rows(one, threads, 1));
    return m.bytes("gemv_q8", threads, Trial.Grid.of(blocks, m.tokens), false);
  }

  static Trial gemvQ8Tokens(KernelCase one) {
    MatrixTrials m = new MatrixTrials(one);
    int threads = one.constant("RF_THREADS", 128);
    int blocks = Grids.blocks(m.rows, Grids.rows(one, threads, 1));
    int groups = Grids.blocks(m.tokens, one.constant("RF_TOKENS", 4));
    return m.bytes("gemv_q8_tokens", threads, Trial.Grid.of(blocks, groups), true);
  }

  private Trial bytes(String kernel, int threads, Trial.Grid grid, boolean tokensLast) {
    Trial.Slot planes = weights.repacked(trial, one, FIRST_ROW, total);
    float[] x = one.inputs().values(random, tokens, columns);
    Quantized q8 = Quantized.of(Vectors.exact(x, tokens, columns, columns));
    Trial.Slot bytes = trial.input("bytes", q8.bytes());
    Trial.Slot scales = trial.input("scales", q8.scales());
    Ends ends = ends(q8.values(), Product.ofIntegers(weights, one));
    Object[] arguments = {
      ends.y,
      planes,
      bytes,
      scales,
      ends.bias,
      ends.residual,
      total,
      columns,
      FIRST_ROW,
      rows,
      rows + 1,
      tokens
    };
    Object[] fitting = tokensLast ? arguments : java.util.Arrays.copyOf(arguments, 11);
    return trial.launch(code(), kernel, threads, grid, fitting);
  }

  /** y with bias and residual, or (extras 0) poisoned and with neither. */
  private record Ends(Trial.Slot y, Trial.Slot bias, Trial.Slot residual) {}

  private Ends ends(Vectors x, Product product) {
    boolean extras = one.constant("extras", 1) != NONE;
    float[] bias = InputClass.NORMAL.values(random, 1, rows);
    float[] residual = InputClass.NORMAL.values(random, tokens, rows + 1);
    Expectation expected = new Expectation(tokens, rows + 1);
    for (int token = 0; token < tokens; token++) {
      for (int row = 0; row < rows; row++) {
        Product.Value value = product.of(row, x, token);
        int at = token * (rows + 1) + row;
        if (extras) {
          value = Product.plus(Product.plus(value, bias[row]), residual[at]);
        }
        expected.set(at, value);
      }
    }
    if (!extras) {
      return new Ends(trial.output("y", Element.F32, expected), null, null);
    }
    Trial.Slot y = trial.output("y", residual, expected);
    return new Ends(y, trial.input("bias", bias), y);
  }
}
