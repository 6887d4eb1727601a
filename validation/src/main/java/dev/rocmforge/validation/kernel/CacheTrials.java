package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.SplittableRandom;

/** RoPE and the writes into the KV cache: rope, kv_write, rope_kv_write. */
final class CacheTrials {
  private CacheTrials() {}

  /** Heads and positions of a case. */
  record Heads(
      int heads,
      int kvHeads,
      int headSize,
      int rotary,
      int pairing,
      int tokens,
      int position,
      boolean half) {
    static Heads of(KernelCase one) {
      return new Heads(
          one.size("heads"),
          one.size("kv_heads"),
          one.size("head_size", 2),
          one.size("rotary", 0),
          one.size("pairing", 0),
          one.size("tokens"),
          one.size("position", 0),
          one.constant("RF_KV_F16", 0) == 1);
    }

    int rows() {
      return (heads + 2 * kvHeads) * headSize;
    }

    int cacheColumns() {
      return kvHeads * headSize;
    }

    int capacity() {
      return position + tokens + 2;
    }

    Element cacheElement() {
      return half ? Element.F16 : Element.F32;
    }

    int[] state() {
      return new int[] {position, position + tokens};
    }

    /** Angles for every position; (cosine, sine) of arbitrary angles, with factors. */
    float[] table(SplittableRandom random) {
      float[] table = new float[Math.max(4, capacity() * rotary)];
      for (int i = 0; i + 1 < table.length; i += 2) {
        double angle = random.nextDouble(2 * Math.PI);
        double factor = random.nextDouble(0.8, 1.2);
        table[i] = (float) (Math.cos(angle) * factor);
        table[i + 1] = (float) (Math.sin(angle) * factor);
      }
      return table;
    }

    /** Turns the first {@code turned} heads of each row of {@code x}, which has any width. */
    Vectors turn(Vectors x, float[] table, int turned) {
      Vectors all = new Vectors(x.rows(), x.columns());
      for (int token = 0; token < x.rows(); token++) {
        for (int i = 0; i < x.columns(); i++) {
          all.set(token, i, x.full(token, i));
        }
        for (int head = 0; head < turned; head++) {
          for (int pair = 0; pair < rotary / 2; pair++) {
            int a = head * headSize + (pairing == 0 ? pair : 2 * pair);
            int b = head * headSize + (pairing == 0 ? pair + rotary / 2 : 2 * pair + 1);
            int angle = ((position + token) * (rotary / 2) + pair) * 2;
            all.set(token, a, turned(x, token, a, table[angle], b, -table[angle + 1]));
            all.set(token, b, turned(x, token, a, table[angle + 1], b, table[angle]));
          }
        }
      }
      return all;
    }

    /** a c + b s: two products, one addition. */
    private static Product.Value turned(Vectors x, int token, int a, double c, int b, double s) {
      double value = x.value(token, a) * c + x.value(token, b) * s;
      double unsure = x.uncertainty(token, a) * Math.abs(c) + x.uncertainty(token, b) * Math.abs(s);
      double size = Math.abs(x.value(token, a) * c) + Math.abs(x.value(token, b) * s);
      return new Product.Value(
          value,
          unsure + RoundingBound.gamma(2) * (size + unsure) + 3 * RoundingBound.F32_FLUSH,
          x.full(token, a).energy() * c * c + x.full(token, b).energy() * s * s);
    }

    /** Columns {@code from ...} of the rows, written into the cache at the case's positions. */
    Expectation cached(Vectors rows, int from) {
      Expectation cache = new Expectation(capacity(), cacheColumns());
      for (int token = 0; token < tokens; token++) {
        for (int i = 0; i < cacheColumns(); i++) {
          double value = rows.value(token, from + i);
          double bound = rows.uncertainty(token, from + i);
          if (half && bound == 0) {
            value = Float.float16ToFloat(Float.floatToFloat16((float) value));
          } else if (half) {
            bound += RoundingBound.toHalf(Math.abs(value) + bound);
          }
          double energy = rows.full(token, from + i).energy();
          cache.set(
              (position + token) * cacheColumns() + i, new Product.Value(value, bound, energy));
        }
      }
      return cache;
    }
  }

  static Trial rope(KernelCase one) {
    Heads h = Heads.of(one);
    SplittableRandom random = new SplittableRandom(one.seed());
    int width = h.heads() * h.headSize();
    float[] x = one.inputs().values(random, h.tokens(), width + 1);
    float[] table = h.table(random);
    Vectors turned = h.turn(Vectors.exact(x, h.tokens(), width, width + 1), table, h.heads());
    Trial trial = new Trial();
    return trial.launch(
        code(one, "rope"),
        "rope",
        64,
        Trial.Grid.of(Grids.blocks((long) h.heads() * h.rotary() / 2, 64), h.tokens()),
        trial.output("x", x, GateTrials.expected(turned, width + 1)),
        trial.input("table", table),
        trial.input("state", h.state()),
        h.heads(),
        h.headSize(),
        h.rotary(),
        width + 1,
        h.pairing());
  }

  static Trial kvWrite(KernelCase one) {
    Heads h = Heads.of(one);
    SplittableRandom random = new SplittableRandom(one.seed());
    int columns = h.cacheColumns();
    float[] k = one.inputs().values(random, h.tokens(), columns + 1);
    float[] v = one.inputs().values(random, h.tokens(), columns + 3);
    Trial trial = new Trial();
    Expectation keys = h.cached(Vectors.exact(k, h.tokens(), columns, columns + 1), 0);
    Expectation values = h.cached(Vectors.exact(v, h.tokens(), columns, columns + 3), 0);
    return trial.launch(
        code(one, "kv_write"),
        "kv_write",
        128,
        Trial.Grid.of(Grids.blocks(columns, 128), h.tokens()),
        trial.output("keys", h.cacheElement(), keys),
        trial.output("values", h.cacheElement(), values),
        trial.input("k", k),
        trial.input("v", v),
        trial.input("state", h.state()),
        columns,
        columns + 1,
        columns + 3);
  }

  static Trial ropeKvWrite(KernelCase one) {
    Heads h = Heads.of(one);
    SplittableRandom random = new SplittableRandom(one.seed());
    int stride = h.rows() + 1;
    float[] qkv = one.inputs().values(random, h.tokens(), stride);
    float[] table = h.table(random);
    Vectors rows = Vectors.exact(qkv, h.tokens(), h.rows(), stride);
    Vectors turned = h.turn(rows, table, h.heads() + h.kvHeads());
    int queries = h.heads() * h.headSize();
    Expectation q = new Expectation(h.tokens(), stride);
    for (int token = 0; token < h.tokens(); token++) {
      for (int i = 0; i < queries; i++) {
        q.set(token * stride + i, turned.full(token, i));
      }
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "rope_kv_write"),
        "rope_kv_write",
        64,
        Trial.Grid.of(Grids.blocks(h.rows() / 2, 64), h.tokens()),
        trial.output("qkv", qkv, q),
        trial.output("keys", h.cacheElement(), h.cached(turned, queries)),
        trial.output("values", h.cacheElement(), h.cached(turned, queries + h.cacheColumns())),
        trial.input("table", table),
        trial.input("state", h.state()),
        h.heads(),
        h.kvHeads(),
        h.headSize(),
        h.rotary(),
        stride,
        h.pairing());
  }

  private static Trial.Code code(KernelCase one, String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }
}
