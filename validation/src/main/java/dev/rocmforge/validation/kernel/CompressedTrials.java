package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Parts of compressed matrices: the Hadamard rotation, sparse rows, thin f32 factors. */
final class CompressedTrials {
  private static final int THREADS = 256;

  /** Of a block whose waves may share rows, when nothing is said. */
  private static final int SHARED_THREADS = 128;

  private CompressedTrials() {}

  private static Trial.Code code(KernelCase one, String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }

  /** An entry is a sum of the whole row with signs; each passes log2(columns) additions. */
  static Trial fwht(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int columns = one.size("columns");
    int tokens = one.size("tokens");
    int stride = Grids.padded(columns);
    float[] x = one.inputs().values(random, tokens, stride);
    float scale = (float) (1 / Math.sqrt(columns));
    int steps = Integer.numberOfTrailingZeros(columns);
    Expectation expected = new Expectation(tokens, stride);
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < columns; i++) {
        double sum = 0;
        double magnitude = 0;
        double energy = 0;
        for (int j = 0; j < columns; j++) {
          double term = (double) x[token * stride + j] * scale;
          sum += Integer.bitCount(i & j) % 2 == 0 ? term : -term;
          magnitude += Math.abs(term);
          energy += term * term;
        }
        double flushed = 2 * columns * RoundingBound.F32_FLUSH;
        double bound = RoundingBound.gamma(steps + 1) * magnitude + flushed;
        expected.set(token * stride + i, new Product.Value(sum, bound, energy));
      }
    }
    Trial trial = new Trial();
    boolean inPlace = one.constant("place", 0) == 1;
    Trial.Slot y =
        inPlace ? trial.output("y", x, expected) : trial.output("y", Element.F32, expected);
    return trial.launch(
        code(one, "fwht"),
        "fwht",
        Grids.rowThreads(one, columns, 1024),
        Trial.Grid.of(1, tokens),
        y,
        inPlace ? y : trial.input("x", x),
        columns,
        stride,
        stride,
        Float.floatToRawIntBits(scale));
  }

  /** Rows of any number of values, none among them; columns rising. */
  static Trial sparse(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int rows = one.size("rows");
    int columns = one.size("columns");
    int[] starts = new int[rows + 1];
    int[] at = new int[rows * columns];
    for (int row = 0; row < rows; row++) {
      int kept = row % 5 == 4 ? 0 : random.nextInt(101);
      starts[row + 1] = starts[row];
      for (int column = 0; column < columns; column++) {
        if (random.nextInt(100) < kept) {
          at[starts[row + 1]++] = column;
        }
      }
    }
    int count = Math.max(1, starts[rows]);
    float[] values = InputClass.NORMAL.values(random, 1, count);
    Rows sums = new Rows(one, random);
    for (int row = 0; row < rows; row++) {
      for (int i = starts[row]; i < starts[row + 1]; i++) {
        sums.add(values[i], at[i]);
      }
      sums.finish(row, starts[row + 1] - starts[row]);
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "spmv_csr"),
        "spmv_csr",
        THREADS,
        sums.grid(THREADS / one.wave()),
        sums.output(trial),
        trial.input("starts", starts),
        trial.input("columns", Arrays.copyOf(at, count)),
        trial.input("values", values),
        trial.input("x", sums.x),
        sums.bias(trial),
        rows,
        columns,
        sums.stride,
        sums.add ? 1 : 0);
  }

  static Trial thin(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int rows = one.size("rows");
    int columns = one.size("columns");
    float[] weights = InputClass.NORMAL.values(random, rows, columns);
    Rows sums = new Rows(one, random);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        sums.add(weights[row * columns + column], column);
      }
      sums.finish(row, columns);
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "low_rank"),
        "low_rank",
        one.constant("RF_THREADS", SHARED_THREADS),
        sums.grid(Grids.rows(one, SHARED_THREADS, 1)),
        sums.output(trial),
        trial.input("weights", weights),
        trial.input("x", sums.x),
        sums.bias(trial),
        rows,
        columns,
        columns,
        sums.stride,
        sums.add ? 1 : 0);
  }

  /**
   * One wave a row or several: a lane adds every W-th product at most, log2(W) steps over the
   * lanes, then the waves, what lay in y and the bias.
   */
  private static final class Rows {
    private final KernelCase one;
    private final int tokens;
    private final int rows;
    private final int columns;
    private final int stride;
    private final boolean add;
    private final float[] x;
    private final float[] before;
    private final float[] biases;
    private final double[][] sums;
    private final Expectation expected;

    Rows(KernelCase one, SplittableRandom random) {
      this.one = one;
      tokens = one.size("tokens");
      rows = one.size("rows");
      columns = one.size("columns");
      stride = rows + 3;
      add = one.constant("add", 0) == 1;
      x = one.inputs().values(random, tokens, columns);
      before = InputClass.NORMAL.values(random, tokens, stride);
      biases = InputClass.NORMAL.values(random, 1, rows);
      sums = new double[tokens][3];
      expected = new Expectation(tokens, stride);
    }

    boolean biased() {
      return one.constant("bias", 0) == 1;
    }

    void add(float weight, int column) {
      for (int token = 0; token < tokens; token++) {
        double term = (double) weight * x[token * columns + column];
        sums[token][0] += term;
        sums[token][1] += Math.abs(term);
        sums[token][2] += term * term;
      }
    }

    void finish(int row, int terms) {
      int share = one.constant("RF_SHARE", 1);
      int roundings =
          2 * Grids.blocks(terms, one.wave() * share)
              + Integer.numberOfTrailingZeros(one.wave())
              + share
              - 1;
      for (int token = 0; token < tokens; token++) {
        double[] sum = sums[token];
        double flushed = (terms + 1) * RoundingBound.F32_FLUSH;
        var value =
            new Product.Value(
                sum[0], RoundingBound.gamma(roundings + 1) * sum[1] + flushed, sum[2]);
        if (add) {
          value = Product.plus(value, before[token * stride + row]);
        }
        if (biased()) {
          value = Product.plus(value, biases[row]);
        }
        expected.set(token * stride + row, value);
        Arrays.fill(sum, 0);
      }
    }

    Trial.Grid grid(int rowsPerBlock) {
      return Trial.Grid.of(Grids.blocks(rows, rowsPerBlock), tokens);
    }

    Trial.Slot output(Trial trial) {
      return add ? trial.output("y", before, expected) : trial.output("y", Element.F32, expected);
    }

    Object bias(Trial trial) {
      return biased() ? trial.input("bias", biases) : null;
    }
  }
}
