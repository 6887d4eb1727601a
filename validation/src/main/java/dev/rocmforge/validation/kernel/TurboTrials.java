package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Coded caches: rope_kv_store, and turn_back as floats or ({@code bytes=1}) as signed bytes. */
final class TurboTrials {
  private static final int THREADS = 64;
  private static final int UNIT = 8;
  private static final int BYTES_BLOCK = 32;

  /** How near to a border of two codes no value may lie, in units of the root mean square. */
  private static final double CLEAR = 1e-4;

  private static final int DRAWS = 1000;
  private static final int TABLES = 100;

  private final KernelCase one;
  private final SplittableRandom random;
  private final CacheTrials.Heads heads;
  private final int size;
  private final int keyType;
  private final int valueType;
  private final TurnedHeads rotation;
  private float[] table;
  private final float[] qkv;
  private final Vectors rows;

  private TurboTrials(KernelCase one) {
    this.one = one;
    random = new SplittableRandom(one.seed());
    size = one.constant("RF_HEAD_SIZE", 128);
    keyType = one.constant("RF_KEYS", 0);
    valueType = one.constant("RF_VALUES", 0);
    heads =
        new CacheTrials.Heads(
            one.size("heads"),
            one.size("kv_heads"),
            size,
            one.size("rotary", 0),
            one.size("pairing", 0),
            one.size("tokens"),
            one.size("position", 0),
            false);
    rotation = new TurnedHeads(size, random);
    table = heads.table(random);
    qkv = new float[heads.tokens() * stride()];
    rows = new Vectors(heads.tokens(), heads.rows());
  }

  private int stride() {
    return heads.rows() + 1;
  }

  private static boolean turned(int type) {
    return type > 1 && type < UNIT;
  }

  /**
   * Every head drawn until no value lies at a border, so that its codes are certain. Values of
   * equal magnitude have the same magnitudes after every rope of one angle: then other angles are
   * drawn.
   */
  private void draw() {
    for (int i = 0; !drawn(); i++) {
      if (i == TABLES) {
        throw new AssertionError(one.id() + ": every draw lies at a border");
      }
      table = heads.table(random);
    }
  }

  private boolean drawn() {
    for (int token = 0; token < heads.tokens(); token++) {
      for (int head = 0; head < heads.heads() + 2 * heads.kvHeads(); head++) {
        if (!drawn(token, head)) {
          return false;
        }
        Product.Value[] done = prepared(token, head);
        for (int i = 0; i < size; i++) {
          rows.set(token, head * size + i, done[i]);
        }
      }
    }
    return true;
  }

  private boolean drawn(int token, int head) {
    for (int draws = 0; draws < DRAWS; draws++) {
      float[] values = one.inputs().values(random, 1, size);
      System.arraycopy(values, 0, qkv, token * stride() + head * size, size);
      if (head < heads.heads() || clear(prepared(token, head), type(head))) {
        return true;
      }
    }
    return false;
  }

  private int type(int head) {
    return head < heads.heads() + heads.kvHeads() ? keyType : valueType;
  }

  /** A head after rope and rotation, whichever it takes. */
  private Product.Value[] prepared(int token, int head) {
    float[] values = new float[heads.tokens() * size];
    System.arraycopy(qkv, token * stride() + head * size, values, token * size, size);
    Vectors x = Vectors.exact(values, heads.tokens(), size, size);
    boolean rope = head < heads.heads() + heads.kvHeads();
    Vectors roped = rope ? heads.turn(x, table, 1) : x;
    if (turned(type(head))) {
      return rotation.turn(roped, token, 0, false);
    }
    Product.Value[] plain = new Product.Value[size];
    Arrays.setAll(plain, i -> roped.full(token, i));
    return plain;
  }

  private static double rms(Product.Value[] head) {
    return Math.sqrt(
        Arrays.stream(head).mapToDouble(v -> v.value() * v.value()).sum() / head.length);
  }

  private static double most(Product.Value[] head, int block) {
    double most = 0;
    for (int i = block; i < Math.min(head.length, block + BYTES_BLOCK); i++) {
      most = Math.max(most, Math.abs(head[i].value()));
    }
    return most;
  }

  private static boolean clear(Product.Value[] head, int type) {
    if (type == UNIT) {
      for (int i = 0; i < head.length; i++) {
        double most = most(head, i / BYTES_BLOCK * BYTES_BLOCK);
        double exact = most > 1e-30 ? head[i].value() * 127 / most : 0;
        if (Math.abs(Math.abs(exact - Math.rint(exact)) - 0.5) < 10 * CLEAR) {
          return false;
        }
      }
      return true;
    }
    if (!turned(type)) {
      return true;
    }
    double rms = rms(head);
    double[] levels = TurboLevels.of(type);
    for (int i = 0; rms > 1e-18 && i < head.length; i++) {
      double z = head[i].value() / rms;
      for (int level = 1; level < levels.length; level++) {
        if (Math.abs(z - (levels[level - 1] + levels[level]) / 2) < CLEAR) {
          return false;
        }
      }
    }
    return true;
  }

  /** One side of the cache as it must be afterwards. */
  private final class Side {
    private final int type;
    private final int first;
    private final int codeBytes;
    private final int scaleCount;
    private final Expectation codes;
    private final Expectation scales;
    private final Expectation plain;

    Side(int type, int firstHead) {
      this.type = type;
      first = firstHead;
      codeBytes = (size + UNIT - 1) / UNIT * type;
      scaleCount = type == UNIT ? (size + BYTES_BLOCK - 1) / BYTES_BLOCK : 1;
      int all = heads.capacity() * heads.kvHeads();
      codes = new Expectation(all, Math.max(1, codeBytes));
      scales = new Expectation(all, scaleCount);
      plain = new Expectation(heads.capacity(), heads.cacheColumns());
      for (int token = 0; token < heads.tokens(); token++) {
        for (int head = 0; head < heads.kvHeads(); head++) {
          expect(token, head);
        }
      }
    }

    private void expect(int token, int head) {
      Product.Value[] values = new Product.Value[size];
      Arrays.setAll(values, i -> rows.full(token, (first + head) * size + i));
      int slot = (heads.position() + token) * heads.kvHeads() + head;
      if (type < 2) {
        for (int i = 0; i < size; i++) {
          double bound = values[i].bound();
          bound += type == 1 ? RoundingBound.toHalf(Math.abs(values[i].value()) + bound) : 0;
          plain.set(
              slot * size + i, new Product.Value(values[i].value(), bound, values[i].energy()));
        }
        return;
      }
      byte[] packed = new byte[codeBytes];
      if (type == UNIT) {
        for (int i = 0; i < size; i++) {
          double most = most(values, i / BYTES_BLOCK * BYTES_BLOCK);
          packed[i] = most > 1e-30 ? (byte) Math.rint(values[i].value() * 127 / most) : 0;
          int scale = slot * scaleCount + i / BYTES_BLOCK;
          double bound = values[i].bound() / 127 + 4 * RoundingBound.F32 * most / 127;
          scales.set(scale, most / 127, bound + RoundingBound.toHalf(most / 127 + bound));
        }
      } else {
        turbo(values, packed, slot);
      }
      for (int i = 0; i < codeBytes; i++) {
        codes.set(slot * codeBytes + i, packed[i], 0);
      }
    }

    private void turbo(Product.Value[] values, byte[] packed, int slot) {
      double rms = rms(values);
      double[] levels = TurboLevels.of(type);
      double product = 0;
      double magnitude = 0;
      double unsure = 0;
      double norm = 0;
      for (int i = 0; i < size; i++) {
        int code = rms > 1e-18 ? nearest(levels, values[i].value() / rms) : levels.length / 2;
        TurboLevels.put(packed, 0, i, type, code);
        product += values[i].value() * levels[code];
        magnitude += Math.abs(values[i].value() * levels[code]);
        unsure += values[i].bound() * Math.abs(levels[code]);
        norm += levels[code] * levels[code];
      }
      // The levels are rounded to f32, both sums run over the head, then one division.
      double error = unsure + RoundingBound.gamma(2.0 * size + 8) * (magnitude + unsure);
      double scale = product / norm;
      double bound = error / norm + RoundingBound.F32_FLUSH;
      scales.set(slot, scale, bound + RoundingBound.toHalf(Math.abs(scale) + bound));
    }

    private static int nearest(double[] levels, double z) {
      int best = 0;
      for (int i = 1; i < levels.length; i++) {
        best = Math.abs(z - levels[i]) < Math.abs(z - levels[best]) ? i : best;
      }
      return best;
    }

    Trial.Slot data(Trial trial, String name) {
      return switch (type) {
        case 0 -> trial.output(name, Element.F32, plain);
        case 1 -> trial.output(name, Element.F16, plain);
        default -> trial.output(name, Element.I8, codes);
      };
    }

    Trial.Slot scales(Trial trial, String name) {
      return type < 2 ? null : trial.output(name, Element.F16, scales);
    }
  }

  static Trial store(KernelCase one) {
    TurboTrials t = new TurboTrials(one);
    t.draw();
    CacheTrials.Heads h = t.heads;
    Side keys = t.new Side(t.keyType, h.heads());
    Side values = t.new Side(t.valueType, h.heads() + h.kvHeads());
    Expectation q = new Expectation(h.tokens(), t.stride());
    for (int token = 0; token < h.tokens(); token++) {
      for (int i = 0; i < h.heads() * t.size; i++) {
        q.set(token * t.stride() + i, t.rows.full(token, i));
      }
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "rope_kv_store"),
        "rope_kv_store",
        THREADS,
        Trial.Grid.of(h.heads() + 2 * h.kvHeads(), h.tokens()),
        trial.output("qkv", t.qkv, q),
        keys.data(trial, "keys"),
        keys.scales(trial, "key_scales"),
        values.data(trial, "values"),
        values.scales(trial, "value_scales"),
        trial.input("table", t.table),
        trial.input("state", h.state()),
        trial.input("rotation", t.rotation.table()),
        h.heads(),
        h.kvHeads(),
        h.rotary(),
        t.stride(),
        h.pairing());
  }

  static Trial turnBack(KernelCase one) {
    SplittableRandom random = new SplittableRandom(one.seed());
    int size = one.constant("RF_HEAD_SIZE", 128);
    int heads = one.size("heads");
    int tokens = one.size("tokens");
    boolean bytes = one.constant("bytes", 0) == 1;
    int stride = heads * size + 4;
    float[] x = one.inputs().values(random, tokens, stride);
    TurnedHeads rotation = new TurnedHeads(size, random);
    Vectors all = Vectors.exact(x, tokens, heads * size, stride);
    Vectors back = new Vectors(tokens, heads * size);
    for (int token = 0; token < tokens; token++) {
      for (int head = 0; head < heads; head++) {
        Product.Value[] turnedBack = rotation.turn(all, token, head * size, true);
        for (int i = 0; i < size; i++) {
          back.set(token, head * size + i, turnedBack[i]);
        }
      }
    }
    Trial trial = new Trial();
    return trial.launch(
        code(one, "turn_back"),
        "turn_back",
        THREADS,
        Trial.Grid.of(heads, tokens),
        bytes ? trial.input("x", x) : trial.output("x", x, GateTrials.expected(back, stride)),
        bytes ? trial.output("bytes", Element.I8, Quantized.bytesOf(back)) : null,
        bytes ? trial.output("scales", Element.F32, Quantized.scalesOf(back)) : null,
        trial.input("rotation", rotation.table()),
        stride);
  }

  private static Trial.Code code(KernelCase one, String file) {
    return new Trial.Code("ops/" + file + ".hip", one.constants());
  }
}
