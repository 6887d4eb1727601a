package dev.rocmforge.validation.kernel;

import java.util.SplittableRandom;

/**
 * Rows of chosen experts: moe and moe_q8, each with its gate-and-up and its plain kernel ({@code
 * down} 0 or 1). One item names an expert that is not there and must give NaN.
 */
final class ExpertTrials {
  private final KernelCase one;
  private final SplittableRandom random;
  private final boolean down;
  private final int rows;
  private final int columns;
  private final int experts;
  private final int used;
  private final int items;
  private final int total;
  private final Weights weights;
  private final int[] ids;
  private final Trial trial = new Trial();

  private ExpertTrials(KernelCase one) {
    this.one = one;
    random = new SplittableRandom(one.seed());
    down = one.size("down", 0) == 1;
    rows = one.size("rows");
    columns = one.size("columns");
    experts = one.size("experts");
    used = one.size("used");
    items = one.size("tokens") * used;
    total = experts * rows * (down ? 1 : 2);
    weights = Weights.random(random, one.type().orElseThrow(), one.inputs(), total, columns);
    ids = random.ints(items, 0, experts).toArray();
    ids[items - 1] = items > 1 ? experts : 0;
  }

  private int share() {
    return down ? one.constant("share", 1) : used;
  }

  private Vectors results(Vectors x, Product product) {
    Vectors all = new Vectors(items, rows);
    for (int item = 0; item < items; item++) {
      for (int row = 0; row < rows; row++) {
        if (ids[item] >= experts) {
          all.set(item, row, Double.NaN, 0);
          continue;
        }
        int expert = ids[item] * (down ? 1 : 2) * rows;
        Product.Value value = product.of(expert + row, x, item / share());
        if (!down) {
          value = Product.gated(value, product.of(expert + rows + row, x, item / share()));
        }
        all.set(item, row, value);
      }
    }
    return all;
  }

  private Trial.Code code() {
    return new Trial.Code(one.path() + ".hip", one.constants());
  }

  static Trial floats(KernelCase one) {
    ExpertTrials t = new ExpertTrials(one);
    int vectors = t.items / t.share();
    int stride = Grids.padded(t.columns);
    float[] x = one.inputs().values(t.random, vectors, stride);
    Vectors exact = Vectors.exact(x, vectors, t.columns, stride);
    Vectors y = t.results(exact, Product.ofFloats(t.weights, Product.lanes(one, t.columns)));
    Trial.Slot planes = t.weights.repacked(t.trial, one, 0, t.total);
    int threads = one.constant("RF_THREADS", 128);
    return t.trial.launch(
        t.code(),
        t.down ? "moe_gemv" : "moe_gate_up",
        threads,
        Trial.Grid.of(Grids.blocks(t.rows, Grids.rows(one, threads, 1)), t.items),
        t.trial.output("y", Element.F32, GateTrials.expected(y, t.rows + 1)),
        planes,
        t.trial.input("x", x),
        t.trial.input("ids", t.ids),
        t.total,
        t.columns,
        t.rows,
        stride,
        t.rows + 1,
        t.share());
  }

  static Trial bytes(KernelCase one) {
    ExpertTrials t = new ExpertTrials(one);
    int vectors = t.items / t.share();
    float[] x = one.inputs().values(t.random, vectors, t.columns);
    Quantized q8 = Quantized.of(Vectors.exact(x, vectors, t.columns, t.columns));
    Vectors y = t.results(q8.values(), Product.ofIntegers(t.weights, one));
    Trial.Slot planes = t.weights.repacked(t.trial, one, 0, t.total);
    Trial.Slot bytes = t.trial.input("bytes", q8.bytes());
    Trial.Slot scales = t.trial.input("scales", q8.scales());
    Trial.Slot ids = t.trial.input("ids", t.ids);
    int threads = one.constant("RF_THREADS", 256);
    if (t.down) {
      Trial.Slot out = t.trial.output("y", Element.F32, GateTrials.expected(y, t.rows + 1));
      Trial.Grid grid = Trial.Grid.of(Grids.blocks(t.rows, Grids.rows(one, threads, 1)), t.items);
      return t.trial.launch(
          t.code(),
          "moe_gemv_q8",
          threads,
          grid,
          out,
          planes,
          bytes,
          scales,
          ids,
          t.total,
          t.columns,
          t.rows,
          t.rows + 1,
          t.share());
    }
    Trial.Slot outBytes = t.trial.output("out_bytes", Element.I8, t.spoilt(y, true));
    Trial.Slot outScales = t.trial.output("out_scales", Element.F32, t.spoilt(y, false));
    return t.trial.launch(
        t.code(),
        "moe_gate_up_q8",
        threads,
        Trial.Grid.of(t.rows / Grids.rows(one, threads, 1), t.items),
        outBytes,
        outScales,
        t.trial.output("hidden", Element.F32, t.hidden(y)),
        t.trial.input("arrivals", new int[t.items * t.rows / 32]),
        planes,
        bytes,
        scales,
        ids,
        t.total,
        t.columns,
        t.rows,
        t.used);
  }

  /** Rows before they are quantized; a missing expert has none. */
  private Expectation hidden(Vectors y) {
    Expectation all = new Expectation(items, rows);
    for (int item = 0; item < items; item++) {
      for (int i = 0; ids[item] < experts && i < rows; i++) {
        all.set(item * rows + i, y.full(item, i));
      }
    }
    return all;
  }

  /** A missing expert has scales of NaN and leaves its bytes alone. */
  private Expectation spoilt(Vectors y, boolean bytes) {
    int width = bytes ? rows : rows / 16;
    Expectation all = new Expectation(items, width);
    for (int item = 0; item < items; item++) {
      boolean missing = ids[item] >= experts;
      Vectors row = new Vectors(1, rows);
      for (int i = 0; !missing && i < rows; i++) {
        row.set(0, i, y.full(item, i));
      }
      Expectation of = bytes ? Quantized.bytesOf(row) : Quantized.scalesOf(row);
      for (int i = 0; i < width; i++) {
        if (!missing) {
          all.set(item * width + i, of.value(i), of.bound(i));
        } else if (!bytes) {
          all.setNaN(item * width + i);
        }
      }
    }
    return all;
  }
}
