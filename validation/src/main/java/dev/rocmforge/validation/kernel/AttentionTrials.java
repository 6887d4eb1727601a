package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** Attention over the cache: prefill, and decode as floats or ({@code bytes=1}) as signed bytes. */
final class AttentionTrials {
  private final KernelCase one;
  private final SplittableRandom random;
  private final int heads;
  private final int kvHeads;
  private final int size;
  private final int tokens;
  private final int position;
  private final boolean half;
  private final Trial trial = new Trial();

  private AttentionTrials(KernelCase one) {
    this.one = one;
    random = new SplittableRandom(one.seed());
    heads = one.size("heads");
    kvHeads = one.constant("kv_heads", 1);
    size = one.constant("RF_HEAD_SIZE", 128);
    tokens = one.size("tokens");
    position = one.constant("position", 0);
    half = one.constant("RF_KV_F16", 0) == 1;
  }

  private Trial.Code code(String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }

  /** The cache: known rows, then poison that no kernel may look at. */
  private float[] cache() {
    float[] rows = one.inputs().values(random, position + tokens, kvHeads * size);
    for (int i = 0; half && i < rows.length; i++) {
      rows[i] = Float.float16ToFloat(Float.floatToFloat16(rows[i]));
    }
    return rows;
  }

  private Trial.Slot cacheSlot(String name, float[] rows) {
    int capacity = position + tokens + 3;
    Element element = half ? Element.F16 : Element.F32;
    byte[] bytes = Trial.poisoned(element, (long) capacity * kvHeads * size * element.bytes());
    java.nio.ByteBuffer buffer =
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (float value : rows) {
      if (half) {
        buffer.putShort(Float.floatToFloat16(value));
      } else {
        buffer.putFloat(value);
      }
    }
    return trial.output(name, element, bytes, new Expectation(capacity, kvHeads * size));
  }

  /** Everything that both kinds of attention read, and what they must give. */
  private record Problem(
      Trial.Slot q,
      Trial.Slot keys,
      Trial.Slot values,
      Trial.Slot state,
      Vectors out,
      int qStride,
      int scaleBits) {}

  private Problem problem(int splits) {
    int qStride = Grids.padded(heads * size);
    float[] q = one.inputs().values(random, tokens, qStride);
    float[] keys = cache();
    float[] values = cache();
    float scale = (float) (1 / Math.sqrt(size));
    Vectors out = new Vectors(tokens, heads * size);
    for (int token = 0; token < tokens; token++) {
      for (int head = 0; head < heads; head++) {
        attend(q, token * qStride + head * size, keys, values, scale, token, head, splits, out);
      }
    }
    return new Problem(
        trial.input("q", q),
        cacheSlot("keys", keys),
        cacheSlot("values", values),
        trial.input("state", new int[] {position, position + tokens}),
        out,
        qStride,
        Float.floatToRawIntBits(scale));
  }

  /**
   * One head of one token. A score errs by gamma(2 size + 3) times the magnitudes of its terms; a
   * weight by twice the largest such error (its own and the maximum's), its exponential, and one
   * rescaling a tile and split; the result by its weights' errors on value and total, and by the
   * chain of the sum.
   */
  private void attend(
      float[] q,
      int at,
      float[] keys,
      float[] values,
      double scale,
      int token,
      int head,
      int splits,
      Vectors out) {
    int seen = position + token + 1;
    int kvHead = head / (heads / kvHeads);
    double[] scores = new double[seen];
    double most = Double.NEGATIVE_INFINITY;
    double scoreError = 0;
    for (int p = 0; p < seen; p++) {
      double magnitude = 0;
      for (int i = 0; i < size; i++) {
        double product = q[at + i] * scale * keys[(p * kvHeads + kvHead) * size + i];
        scores[p] += product;
        magnitude += Math.abs(product);
      }
      scoreError = Math.max(scoreError, RoundingBound.gamma(2 * size + 3) * magnitude);
      most = Math.max(most, scores[p]);
    }
    double total = 0;
    for (int p = 0; p < seen; p++) {
      total += Math.exp(scores[p] - most);
    }
    double chain = RoundingBound.gamma(2.0 * seen + 8 * (seen / 16 + 1) + 2 * splits + 16);
    for (int i = 0; i < size; i++) {
      double sum = 0;
      double energy = 0;
      for (int p = 0; p < seen; p++) {
        double term =
            Math.exp(scores[p] - most) / total * values[(p * kvHeads + kvHead) * size + i];
        sum += term;
        energy += term * term;
      }
      double bound = RoundingBound.F32_FLUSH * (1 + Math.abs(sum)) * seen;
      for (int p = 0; p < seen; p++) {
        double below = scores[p] - most;
        double error = 2 * scoreError + 2 * RowTrials.exponentialOfDifference(below) + chain;
        double size1 = Math.abs(values[(p * kvHeads + kvHead) * size + i]) + Math.abs(sum);
        bound += Math.exp(below) / total * size1 * Math.expm1(Math.min(error, 50));
      }
      out.set(token, head * size + i, new Product.Value(sum, bound, energy));
    }
  }

  static Trial prefill(KernelCase one) {
    AttentionTrials t = new AttentionTrials(one);
    Problem p = t.problem(1);
    int stride = t.heads * t.size + 2;
    return t.trial.launch(
        t.code("attention_prefill"),
        "attention_prefill",
        4 * one.wave(),
        Trial.Grid.of(Grids.blocks(t.tokens, 16), t.heads),
        t.trial.output("out", Element.F32, GateTrials.expected(p.out(), stride)),
        p.q(),
        p.keys(),
        null,
        p.values(),
        null,
        p.state(),
        t.tokens,
        t.heads,
        t.kvHeads,
        p.qStride(),
        stride,
        p.scaleBits());
  }

  static Trial decode(KernelCase one) {
    AttentionTrials t = new AttentionTrials(one);
    int splits = one.size("splits");
    Problem p = t.problem(splits);
    Trial.Slot partial =
        t.trial.scratch("partial", 4L * t.tokens * t.heads * splits * (t.size + 2));
    int blocks = t.kvHeads * Grids.blocks(t.heads / t.kvHeads, 8);
    boolean bytes = one.constant("bytes", 0) == 1;
    int stride = t.heads * t.size + 2;
    return t.trial.launch(
        t.code("attention_decode"),
        "attention_decode",
        4 * one.wave(),
        new Trial.Grid(splits, blocks, t.tokens),
        bytes ? null : t.trial.output("out", Element.F32, GateTrials.expected(p.out(), stride)),
        bytes ? t.trial.output("bytes", Element.I8, Quantized.bytesOf(p.out())) : null,
        bytes ? t.trial.output("scales", Element.F32, Quantized.scalesOf(p.out())) : null,
        partial,
        t.trial.input("arrivals", new int[t.tokens * blocks]),
        p.q(),
        p.keys(),
        null,
        p.values(),
        null,
        p.state(),
        t.heads,
        t.kvHeads,
        splits,
        p.qStride(),
        stride,
        p.scaleBits());
  }
}
