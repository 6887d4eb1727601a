package dev.rocmforge.validation.kernel;

import java.util.SplittableRandom;

/** The joined launch of norm, Q, K, V, bias, RoPE and cache write: qkv and qkv_q8. */
final class QkvTrials {
  private static final int FIRST_ROW = 1;
  private static final float EPS = 1e-5f;

  private QkvTrials() {}

  static Trial floats(KernelCase one) {
    return trial(one, "qkv");
  }

  /** The normed x is quantized inside the kernel. */
  static Trial bytes(KernelCase one) {
    return trial(one, "qkv_q8");
  }

  private static Trial trial(KernelCase one, String kernel) {
    CacheTrials.Heads h = CacheTrials.Heads.of(one);
    SplittableRandom random = new SplittableRandom(one.seed());
    int columns = one.size("RF_COLUMNS");
    int threads = one.constant("RF_THREADS", 256);
    int total = h.rows() + 3;
    Weights weights =
        Weights.random(random, one.type().orElseThrow(), one.inputs(), h.rows(), columns);
    int stride = Grids.padded(columns);
    float[] x = one.inputs().values(random, h.tokens(), stride);
    float[] norm = InputClass.NORMAL.values(random, 1, columns);
    float[] bias = InputClass.NORMAL.values(random, 1, h.rows());
    float[] table = h.table(random);
    Vectors normed = new Vectors(h.tokens(), columns);
    for (int token = 0; token < h.tokens(); token++) {
      for (int i = 0; i < columns; i++) {
        int from = token * stride;
        normed.set(
            token, i, RowTrials.normed(x, from, columns, i, norm[i], EPS, threads, one.wave()));
      }
    }
    boolean q8 = kernel.equals("qkv_q8");
    Vectors rows = rows(one, weights, q8 ? Quantized.within(normed) : normed, bias, q8);
    Vectors turned = h.turn(rows, table, h.heads() + h.kvHeads());
    int queries = h.heads() * h.headSize();
    Expectation q = new Expectation(h.tokens(), queries + 1);
    for (int token = 0; token < h.tokens(); token++) {
      for (int i = 0; i < queries; i++) {
        q.set(token * (queries + 1) + i, turned.full(token, i));
      }
    }
    Trial trial = new Trial();
    Trial.Slot planes = weights.repacked(trial, one, FIRST_ROW, total);
    int pairs = Grids.rows(one, threads, 1);
    return trial.launch(
        new Trial.Code(one.path() + ".hip", one.constants()),
        kernel,
        threads,
        Trial.Grid.of(Grids.blocks(h.rows() / 2, pairs), h.tokens()),
        trial.output("q", Element.F32, q),
        trial.output("keys", h.cacheElement(), h.cached(turned, queries)),
        trial.output("values", h.cacheElement(), h.cached(turned, queries + h.cacheColumns())),
        planes,
        trial.input("x", x),
        trial.input("norm", norm),
        trial.input("bias", bias),
        trial.input("table", table),
        trial.input("state", h.state()),
        total,
        FIRST_ROW,
        h.heads(),
        h.kvHeads(),
        h.headSize(),
        h.rotary(),
        h.pairing(),
        stride,
        queries + 1,
        Float.floatToRawIntBits(EPS));
  }

  private static Vectors rows(
      KernelCase one, Weights weights, Vectors x, float[] bias, boolean q8) {
    Product product =
        q8
            ? Product.ofIntegers(weights, one)
            : Product.ofFloats(weights, Product.lanes(one, weights.columns()));
    Vectors all = new Vectors(x.rows(), weights.rows());
    for (int token = 0; token < x.rows(); token++) {
      for (int row = 0; row < weights.rows(); row++) {
        all.set(token, row, Product.plus(product.of(row, x, token), bias[row]));
      }
    }
    return all;
  }
}
