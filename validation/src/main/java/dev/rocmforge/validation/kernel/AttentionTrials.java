package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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
  private final int keyType;
  private final int valueType;
  private final Trial trial = new Trial();

  private AttentionTrials(KernelCase one) {
    this.one = one;
    random = new SplittableRandom(one.seed());
    heads = one.size("heads");
    kvHeads = one.constant("kv_heads", 1);
    size = one.constant("RF_HEAD_SIZE", 128);
    tokens = one.size("tokens");
    position = one.constant("position", 0);
    keyType = one.constant("RF_KEYS", one.constant("RF_KV_F16", 0));
    valueType = one.constant("RF_VALUES", one.constant("RF_KV_F16", 0));
  }

  private Trial.Code code(String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }

  /** One side of the cache: known rows, then poison that no kernel may look at. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a record for its accessors
  private record Side(float[] rows, Trial.Slot data, Trial.Slot scales) {}

  private Side side(String name, int type) {
    return type < 2 ? plain(name, type == 1) : coded(name, type);
  }

  private int capacity() {
    return position + tokens + 3;
  }

  private Side plain(String name, boolean half) {
    float[] rows = one.inputs().values(random, position + tokens, kvHeads * size);
    for (int i = 0; half && i < rows.length; i++) {
      rows[i] = Float.float16ToFloat(Float.floatToFloat16(rows[i]));
    }
    Element element = half ? Element.F16 : Element.F32;
    byte[] bytes = Trial.poisoned(element, (long) capacity() * kvHeads * size * element.bytes());
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : rows) {
      if (half) {
        buffer.putShort(Float.floatToFloat16(value));
      } else {
        buffer.putFloat(value);
      }
    }
    Expectation untouched = new Expectation(capacity(), kvHeads * size);
    return new Side(rows, trial.output(name, element, bytes, untouched), null);
  }

  /** Codes drawn evenly; a value is its level times its scale, rounded to f32 as kernels do. */
  private Side coded(String name, int type) {
    int codeBytes = (size + 7) / 8 * type;
    int scales = type == 8 ? (size + 31) / 32 : 1;
    int heads = (position + tokens) * kvHeads;
    byte[] codes = Trial.poisoned(Element.I8, (long) capacity() * kvHeads * codeBytes);
    float[] factors = new float[capacity() * kvHeads * scales];
    Arrays.fill(factors, Float.NaN);
    float[] rows = new float[heads * size];
    double[] levels = type == 8 ? new double[0] : TurboLevels.of(type);
    byte[] drawn = new byte[heads * codeBytes];
    random.nextBytes(drawn);
    System.arraycopy(drawn, 0, codes, 0, drawn.length);
    for (int i = 0; i < heads * scales; i++) {
      float scale = (float) random.nextGaussian() / (type == 8 ? 64 : 1);
      factors[i] = Float.float16ToFloat(Float.floatToFloat16(scale));
    }
    for (int i = 0; i < rows.length; i++) {
      int head = i / size;
      float scale = factors[head * scales + (type == 8 ? i % size / 32 : 0)];
      int code = TurboLevels.get(codes, head * codeBytes, i % size, type);
      rows[i] = (type == 8 ? (byte) code : (float) levels[code]) * scale;
    }
    return new Side(
        rows,
        trial.output(name, Element.I8, codes, new Expectation(codes.length, 1)),
        trial.output(
            name + " scales",
            Element.F16,
            TurboLevels.halves(factors),
            new Expectation(factors.length, 1)));
  }

  /** Everything that both kinds of attention read, and what they must give. */
  private record Problem(
      Trial.Slot q,
      Side keys,
      Side values,
      Trial.Slot state,
      Vectors out,
      int qStride,
      int scaleBits) {}

  private Problem problem(int splits) {
    int qStride = Grids.padded(heads * size);
    float[] q = one.inputs().values(random, tokens, qStride);
    Side keys = side("keys", keyType);
    Side values = side("values", valueType);
    float scale = (float) (1 / Math.sqrt(size));
    Vectors out = new Vectors(tokens, heads * size);
    for (int token = 0; token < tokens; token++) {
      for (int head = 0; head < heads; head++) {
        attend(
            q,
            token * qStride + head * size,
            keys.rows(),
            values.rows(),
            scale,
            token,
            head,
            splits,
            out);
      }
    }
    return new Problem(
        trial.input("q", q),
        keys,
        values,
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
        p.keys().data(),
        p.keys().scales(),
        p.values().data(),
        p.values().scales(),
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
        t.trial.scratch("partial", 4L * t.tokens * t.heads * splits * ((t.size + 3) / 4 * 4 + 4));
    int threads = one.constant("RF_THREADS", 512);
    int members = threads / one.wave() / one.constant("RF_SHARE", 4) * one.constant("RF_ROWS", 2);
    int blocks = t.kvHeads * Grids.blocks(t.heads / t.kvHeads, members);
    boolean bytes = one.constant("bytes", 0) == 1;
    int stride = t.heads * t.size + 2;
    return t.trial.launch(
        t.code("attention_decode"),
        "attention_decode",
        threads,
        new Trial.Grid(splits, blocks, t.tokens),
        bytes ? null : t.trial.output("out", Element.F32, GateTrials.expected(p.out(), stride)),
        bytes ? t.trial.output("bytes", Element.I8, Quantized.bytesOf(p.out())) : null,
        bytes ? t.trial.output("scales", Element.F32, Quantized.scalesOf(p.out())) : null,
        partial,
        t.trial.input("arrivals", new int[t.tokens * blocks]),
        p.q(),
        p.keys().data(),
        p.keys().scales(),
        p.values().data(),
        p.values().scales(),
        p.state(),
        t.heads,
        t.kvHeads,
        splits,
        p.qStride(),
        stride,
        p.scaleBits());
  }
}
