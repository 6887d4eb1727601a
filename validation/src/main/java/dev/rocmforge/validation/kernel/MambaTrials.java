package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** The causal convolution and the selective scan (Gu and Dao, 2023, algorithm 2). */
final class MambaTrials {
  private MambaTrials() {}

  private static Trial.Code code(KernelCase one) {
    return new Trial.Code("ops/mamba.hip", one.constants());
  }

  static Trial convolution(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int channels = one.size("channels");
    int width = one.size("width", 2);
    int tokens = one.size("tokens");
    int stride = channels + 1;
    float[] x = one.inputs().values(random, tokens, channels);
    float[] tail = one.inputs().values(random, channels, width - 1);
    float[] weight = InputClass.NORMAL.values(random, channels, width);
    float[] bias = InputClass.NORMAL.values(random, 1, channels);
    Vectors y = new Vectors(tokens, channels);
    Expectation kept = new Expectation(channels, width - 1);
    for (int channel = 0; channel < channels; channel++) {
      for (int token = 0; token < tokens; token++) {
        double sum = bias[channel];
        double magnitude = Math.abs(sum);
        double energy = sum * sum;
        for (int k = 0; k < width; k++) {
          double term =
              (double) weight[channel * width + k]
                  * input(x, tail, channel, channels, width, token - width + 1 + k);
          sum += term;
          magnitude += Math.abs(term);
          energy += term * term;
        }
        double bound =
            RoundingBound.gamma(2 * width + 1) * magnitude + width * RoundingBound.F32_FLUSH;
        Product.Value value = new Product.Value(sum, bound, energy);
        y.set(token, channel, Product.gated(value, Product.Value.of(1, 0)));
      }
      for (int k = 0; k < width - 1; k++) {
        int at = tokens - width + 1 + k;
        kept.set(channel * (width - 1) + k, input(x, tail, channel, channels, width, at), 0);
      }
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one),
        "mamba_conv",
        64,
        Trial.Grid.of(Grids.blocks(channels, 64)),
        trial.output("y", Element.F32, GateTrials.expected(y, stride)),
        trial.output("tail", tail, kept),
        trial.input("x", x),
        trial.input("weight", weight),
        trial.input("bias", bias),
        channels,
        width,
        tokens,
        stride,
        channels);
  }

  /** Input of a token; tokens before the call lie in the tail, oldest first. */
  private static float input(
      float[] x, float[] tail, int channel, int channels, int width, int token) {
    return token >= 0
        ? x[token * channels + channel]
        : tail[channel * (width - 1) + width - 1 + token];
  }

  /** Errors are carried along with the state: running error analysis. */
  static Trial scan(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int channels = one.size("channels");
    int states = one.size("states");
    int tokens = one.size("tokens");
    float[] x = one.inputs().values(random, tokens, channels);
    float[] dt = InputClass.NORMAL.values(random, tokens, channels);
    float[] bc = InputClass.NORMAL.values(random, tokens, 2 * states);
    float[] a = InputClass.NORMAL.values(random, channels, states);
    for (int i = 0; i < a.length; i++) {
      a[i] = -(float) Math.exp(a[i]);
    }
    for (int i = 0; i < dt.length; i++) {
      dt[i] *= 8;
    }
    float[] d = InputClass.NORMAL.values(random, 1, channels);
    float[] z = InputClass.NORMAL.values(random, tokens, channels);
    float[] state = InputClass.NORMAL.values(random, channels, states);
    Vectors y = new Vectors(tokens, channels);
    Expectation kept = new Expectation(channels, states);
    for (int channel = 0; channel < channels; channel++) {
      double[] h = new double[states];
      double[] error = new double[states];
      for (int s = 0; s < states; s++) {
        h[s] = state[channel * states + s];
      }
      for (int t = 0; t < tokens; t++) {
        double now = x[t * channels + channel];
        double rate = dt[t * channels + channel];
        double delta = Math.max(rate, 0) + Math.log1p(Math.exp(-Math.abs(rate)));
        double deltaError = softplusError(rate);
        double sum = d[channel] * now;
        double bound = RoundingBound.gamma(2 * states + 3) * Math.abs(sum);
        double energy = sum * sum;
        for (int s = 0; s < states; s++) {
          double power = delta * a[channel * states + s];
          double fresh = delta * bc[t * 2 * states + s] * now;
          advance(h, error, s, power, fresh, deltaError);
          double c = bc[t * 2 * states + states + s];
          sum += c * h[s];
          energy += c * h[s] * c * h[s];
          bound +=
              Math.abs(c) * error[s]
                  + RoundingBound.gamma(2 * states + 3) * Math.abs(c) * (Math.abs(h[s]) + error[s]);
        }
        Product.Value gate = Product.Value.of(z[t * channels + channel], 0);
        y.set(t, channel, Product.gated(gate, new Product.Value(sum, bound, energy)));
      }
      for (int s = 0; s < states; s++) {
        kept.set(channel * states + s, h[s], error[s]);
      }
    }
    return launchScan(one, x, dt, a, bc, d, z, state, y, kept);
  }

  /** h = exp(power) h + fresh, and its error. */
  private static void advance(
      double[] h, double[] error, int s, double power, double fresh, double deltaError) {
    double decay = Math.exp(power);
    double old = Math.abs(decay * h[s]);
    double distance = Math.min(Math.abs(power), 200);
    double decayError =
        Math.expm1(
            Math.min(
                distance * (deltaError + 2 * RoundingBound.F32)
                    + RoundingBound.exponential(distance),
                50));
    error[s] =
        decay * (1 + decayError) * error[s]
            + old * decayError
            + Math.abs(fresh) * (deltaError + RoundingBound.gamma(3))
            + RoundingBound.gamma(2) * (old + Math.abs(fresh))
            + RoundingBound.F32_FLUSH * (1 + Math.abs(h[s]));
    h[s] = decay * h[s] + fresh;
  }

  /**
   * Relative error of log(u) e / (u - 1), u = 1 + e: an exponential; the rounding of u is repaired
   * by the quotient; a logarithm with 2 ulp, perhaps through log2 and a product; four operations.
   */
  private static double softplusError(double x) {
    return RoundingBound.exponential(Math.min(Math.abs(x), 200)) + RoundingBound.gamma(16);
  }

  private static Trial launchScan(
      KernelCase one,
      float[] x,
      float[] dt,
      float[] a,
      float[] bc,
      float[] d,
      float[] z,
      float[] state,
      Vectors y,
      Expectation kept) {
    int channels = y.columns();
    int states = one.size("states");
    int stride = channels + 1;
    Trial trial = new Trial();
    Trial.Slot both = trial.input("b and c", bc);
    return trial.launch(
        code(one),
        "mamba_scan",
        64,
        Trial.Grid.of(Grids.blocks(channels, 64)),
        trial.output("y", Element.F32, GateTrials.expected(y, stride)),
        trial.output("state", state, kept),
        trial.input("x", x),
        trial.input("dt", dt),
        trial.input("a", a),
        both,
        both.at(4L * states),
        trial.input("d", d),
        trial.input("z", z),
        channels,
        states,
        y.rows(),
        stride,
        channels,
        channels,
        2 * states,
        channels);
  }
}
