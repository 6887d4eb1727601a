package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** Operations on rows of activations: norms, SwiGLU, addition, softmax, and their q8 forms. */
final class RowTrials {
  static final float EPS = 1e-6f;

  private final KernelCase one;
  private final SplittableRandom random;
  private final int columns;
  private final int tokens;
  private final int stride;
  private final Trial trial = new Trial();

  private RowTrials(KernelCase one) {
    this.one = one;
    random = new SplittableRandom(one.seed());
    columns = one.size("columns");
    tokens = one.size("tokens");
    stride = Grids.padded(columns * one.constant("groups", 1));
  }

  private Trial.Code code(String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }

  /** With {@code nan} 1 each row has one NaN among its columns. */
  private float[] values(int rowStride) {
    float[] x = one.inputs().values(random, tokens, rowStride);
    for (int token = 0; one.constant("nan", 0) == 1 && token < tokens; token++) {
      x[token * rowStride + random.nextInt(columns)] = Float.NaN;
    }
    return x;
  }

  /**
   * x * factor * weight, factor = 1 / sqrt(mean(x^2) + eps). The sum of squares: a thread's share,
   * log2(W) steps, then the waves; its relative error is halved by the root. Eight more for mean,
   * eps, root, reciprocal and the two products, of which device functions may have 2 ulp.
   */
  static Product.Value normed(
      float[] x, int from, int columns, int at, float weight, float eps, int threads, int wave) {
    double squares = 0;
    for (int i = 0; i < columns; i++) {
      squares += (double) x[from + i] * x[from + i];
    }
    double factor = 1 / Math.sqrt(squares / columns + eps);
    double value = x[from + at] * factor * weight;
    int chain =
        2 * Grids.blocks(columns, threads)
            + Integer.numberOfTrailingZeros(wave)
            + Grids.blocks(threads, wave);
    double flushed = RoundingBound.F32_FLUSH * (1 + factor) * (1 + Math.abs(weight));
    return Product.Value.of(
        value, RoundingBound.gamma(chain / 2.0 + 12) * Math.abs(value) + flushed);
  }

  static Trial rmsNorm(KernelCase one) {
    RowTrials t = new RowTrials(one);
    int groups = one.constant("groups", 1);
    int threads = Grids.rowThreads(one, t.columns, 1024);
    float[] x = t.values(t.stride);
    float[] weight = InputClass.NORMAL.values(t.random, 1, t.columns);
    Expectation expected = new Expectation(t.tokens, t.stride);
    for (int token = 0; token < t.tokens; token++) {
      for (int i = 0; i < groups * t.columns; i++) {
        int from = token * t.stride + i / t.columns * t.columns;
        int at = i % t.columns;
        Product.Value v = normed(x, from, t.columns, at, weight[at], EPS, threads, one.wave());
        expected.setOrNaN(token * t.stride + i, v.value(), v.bound());
      }
    }
    Trial.Slot y = t.trial.output("y", x, expected);
    return t.trial.launch(
        t.code("rms_norm"),
        "rms_norm",
        threads,
        Trial.Grid.of(groups, t.tokens),
        y,
        y,
        t.trial.input("weight", weight),
        t.columns,
        t.stride,
        t.stride,
        Float.floatToRawIntBits(EPS));
  }

  private void quantizedOutputs(Vectors y, Trial.Slot[] slots) {
    slots[0] = trial.output("bytes", Element.I8, Quantized.bytesOf(y));
    slots[1] = trial.output("scales", Element.F32, Quantized.scalesOf(y));
  }

  static Trial rmsNormQ8(KernelCase one) {
    RowTrials t = new RowTrials(one);
    int threads = Grids.rowThreads(one, t.columns, 1024);
    float[] x = t.values(t.stride);
    float[] weight = InputClass.NORMAL.values(t.random, 1, t.columns);
    Vectors y = new Vectors(t.tokens, t.columns);
    for (int token = 0; token < t.tokens; token++) {
      for (int i = 0; i < t.columns; i++) {
        y.set(
            token,
            i,
            normed(x, token * t.stride, t.columns, i, weight[i], EPS, threads, one.wave()));
      }
    }
    Trial.Slot[] out = new Trial.Slot[2];
    t.quantizedOutputs(y, out);
    return t.trial.launch(
        t.code("quantize_q8"),
        "rms_norm_q8",
        threads,
        Trial.Grid.of(1, t.tokens),
        out[0],
        out[1],
        t.trial.input("x", x),
        t.trial.input("weight", weight),
        t.columns,
        t.stride,
        Float.floatToRawIntBits(EPS));
  }

  static Trial quantizeQ8(KernelCase one) {
    RowTrials t = new RowTrials(one);
    float[] x = t.values(t.stride);
    boolean ties = one.constant("ties", 0) == 1;
    for (int i = 0; i < x.length; i++) {
      if (ties) {
        // d is 1, and every other value lies half way between two bytes.
        x[i] = i % t.stride % 32 == 0 ? 127 : t.random.nextInt(-126, 126) + 0.5f;
      } else if (one.constant("tiny", 0) == 1) {
        // Normal numbers, and yet below what is taken for nothing.
        x[i] *= 1e-32f;
      }
    }
    Trial.Slot[] out = new Trial.Slot[2];
    if (ties) {
      out[0] = t.trial.output("bytes", Element.I8, t.rounded(x));
      out[1] = t.trial.output("scales", Element.F32, t.scalesOfOnes(x));
    } else {
      t.quantizedOutputs(Vectors.exact(x, t.tokens, t.columns, t.stride), out);
    }
    return t.trial.launch(
        t.code("quantize_q8"),
        "quantize_q8",
        256,
        Trial.Grid.of(Grids.blocks(t.columns, 1024), t.tokens),
        out[0],
        out[1],
        t.trial.input("x", x),
        t.columns,
        t.stride);
  }

  /** Each value to the nearest integer, half way to the even one. */
  private Expectation rounded(float[] x) {
    Expectation all = new Expectation(tokens, columns);
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < columns; i++) {
        all.set(token * columns + i, Math.rint(x[token * stride + i]), 0);
      }
    }
    return all;
  }

  /** d = 1 and the sum of the rounded values, exactly. */
  private Expectation scalesOfOnes(float[] x) {
    Expectation all = new Expectation(tokens, columns / 16);
    for (int token = 0; token < tokens; token++) {
      for (int unit = 0; unit < columns / 32; unit++) {
        double sum = 0;
        for (int i = 0; i < 32; i++) {
          sum += Math.rint(x[token * stride + unit * 32 + i]);
        }
        int at = (token * (columns / 32) + unit) * 2;
        all.set(at, 1, 0).set(at + 1, sum, 0);
      }
    }
    return all;
  }

  private Vectors gated(float[] gate, float[] up, int gateStride, int upStride) {
    Vectors y = new Vectors(tokens, columns);
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < columns; i++) {
        double g = gate[token * gateStride + i];
        double u = up[token * upStride + i];
        y.set(token, i, Product.gated(Product.Value.of(g, 0), Product.Value.of(u, 0)));
      }
    }
    return y;
  }

  static Trial swiglu(KernelCase one) {
    RowTrials t = new RowTrials(one);
    float[] gate = t.values(t.stride);
    float[] up = InputClass.NORMAL.values(t.random, t.tokens, t.columns);
    Expectation y = GateTrials.expected(t.gated(gate, up, t.stride, t.columns), t.columns + 1);
    return t.trial.launch(
        t.code("elementwise"),
        "swiglu",
        256,
        Trial.Grid.of(Grids.blocks(t.columns, 256), t.tokens),
        t.trial.output("y", Element.F32, y),
        t.trial.input("gate", gate),
        t.trial.input("up", up),
        t.columns,
        t.columns + 1,
        t.stride,
        t.columns);
  }

  static Trial swigluQ8(KernelCase one) {
    RowTrials t = new RowTrials(one);
    float[] gate = t.values(t.stride);
    float[] up = InputClass.NORMAL.values(t.random, t.tokens, t.columns);
    Trial.Slot[] out = new Trial.Slot[2];
    t.quantizedOutputs(t.gated(gate, up, t.stride, t.columns), out);
    return t.trial.launch(
        t.code("quantize_q8"),
        "swiglu_q8",
        256,
        Trial.Grid.of(Grids.blocks(t.columns, 1024), t.tokens),
        out[0],
        out[1],
        t.trial.input("gate", gate),
        t.trial.input("up", up),
        t.columns,
        t.stride,
        t.columns);
  }

  /** One rounding; {@code shared} 1: one row for all tokens. */
  static Trial add(KernelCase one) {
    RowTrials t = new RowTrials(one);
    boolean shared = one.constant("shared", 0) == 1;
    float[] a = t.values(t.stride);
    float[] b = InputClass.NORMAL.values(t.random, shared ? 1 : t.tokens, t.columns);
    Expectation expected = new Expectation(t.tokens, t.columns + 1);
    for (int token = 0; token < t.tokens; token++) {
      for (int i = 0; i < t.columns; i++) {
        double sum = (double) a[token * t.stride + i] + b[(shared ? 0 : token * t.columns) + i];
        expected.set(
            token * (t.columns + 1) + i,
            sum,
            RoundingBound.gamma(1) * Math.abs(sum) + RoundingBound.F32_FLUSH);
      }
    }
    return t.trial.launch(
        t.code("elementwise"),
        "add",
        256,
        Trial.Grid.of(Grids.blocks(t.columns, 256), t.tokens),
        t.trial.output("y", Element.F32, expected),
        t.trial.input("a", a),
        t.trial.input("b", b),
        t.columns,
        t.columns + 1,
        t.stride,
        shared ? 0 : t.columns);
  }

  /**
   * Each exponential errs with its distance from the largest; so does their sum, plus its chain.
   */
  static Trial softmax(KernelCase one) {
    RowTrials t = new RowTrials(one);
    int threads = Grids.rowThreads(one, t.columns, 1024);
    float[] x = t.values(t.stride);
    Expectation expected = new Expectation(t.tokens, t.stride);
    double chain = 2.0 * Grids.blocks(t.columns, threads) + 8 + threads / (double) one.wave();
    for (int token = 0; token < t.tokens; token++) {
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < t.columns; i++) {
        most = Math.max(most, x[token * t.stride + i]);
      }
      double sum = 0;
      double error = 0;
      for (int i = 0; i < t.columns; i++) {
        double below = x[token * t.stride + i] - most;
        sum += Math.exp(below);
        error += Math.exp(below) * exponentialOfDifference(below) + RoundingBound.F32_FLUSH;
      }
      for (int i = 0; i < t.columns; i++) {
        double below = x[token * t.stride + i] - most;
        double value = Math.exp(below) / sum;
        double relative =
            exponentialOfDifference(below) + 1.01 * error / sum + RoundingBound.gamma(chain + 2);
        expected.setOrNaN(token * t.stride + i, value, value * relative + RoundingBound.F32_FLUSH);
      }
    }
    Trial.Slot y = t.trial.output("y", x, expected);
    return t.trial.launch(
        t.code("softmax"),
        "softmax",
        threads,
        Trial.Grid.of(1, t.tokens),
        y,
        y,
        t.columns,
        t.stride,
        t.stride);
  }

  /** The difference itself is rounded: |x| u more in the exponent. */
  static double exponentialOfDifference(double below) {
    // Past -200 the value has left f32's range; the factor must stay finite.
    double distance = Math.min(Math.abs(below), 200);
    return RoundingBound.exponential(distance) + distance * RoundingBound.F32;
  }
}
