package dev.rocmforge.engine.cpu.vector;

import static dev.rocmforge.engine.cpu.vector.Lanes.COUNT;
import static dev.rocmforge.engine.cpu.vector.Lanes.FLOATS;

import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * A weight matrix copied into panels, {@link PanelLayout}: rows side by side, a row a lane, so that
 * a product needs no sum over lanes and every activation serves a panel's rows at once.
 */
final class PackedMatrix {
  private final PanelLayout layout;
  private final MemorySegment panels;
  private final int cols;

  /** First panels of tasks, and the number of panels behind them. */
  private final int[] shares;

  /**
   * @param panels zeros, {@link PanelLayout#bytes} of them, for {@link #pack} to fill
   * @param threads that share the work
   */
  PackedMatrix(PanelLayout layout, int cols, MemorySegment panels, int threads) {
    shares = Shares.of(layout.panels(), threads);
    this.layout = layout;
    this.panels = panels;
    this.cols = cols;
  }

  PanelLayout layout() {
    return layout;
  }

  /** Tasks of a product. */
  int tasks() {
    return shares.length - 1;
  }

  /**
   * One task of a product: some panels' rows with {@code batch} rows of activations, each with the
   * bits that it has alone.
   *
   * @param sums of every {@value RowKernel#GROUP} activations, {@code [token][group]}
   */
  void run(
      int task, PanelInputs inputs, float[] sums, int batch, Product product, PanelScratch own) {
    for (int panel = shares[task]; panel < shares[task + 1]; panel++) {
      multiply(panel, inputs, sums, batch, product, own);
    }
  }

  /** Copies the rows of one panel. */
  void pack(Tensor weight, int panel) {
    PanelCursor cursor = new PanelCursor(panels, layout);
    PanelFormat format = layout.format();
    int blockBytes = weight.type().blockBytes();
    int first = panel * PanelWords.ROWS;
    int count = Math.min(PanelWords.ROWS, layout.rows() - first);
    for (int row = 0; row < count; row++) {
      long at = weight.rowOffset(first + row);
      for (int block = 0; block < layout.blocks(); block++) {
        cursor.moveTo(panel, row, block);
        format.pack(weight.data(), at + (long) block * blockBytes, cursor);
      }
    }
  }

  private void multiply(
      int panel, PanelInputs inputs, float[] sums, int batch, Product product, PanelScratch own) {
    PanelFormat format = layout.format();
    PanelWords words = format.words();
    clear(own.totals, batch * PanelWords.ROWS);
    int groups = cols / words.group();
    for (int block = 0; block < layout.blocks(); block += layout.chunk()) {
      int blocks = layout.blocks(block);
      scales(panel, block, blocks, own);
      long at = layout.wordsAt(panel, block);
      int column = block * format.block();
      int count = blocks * layout.groups();
      for (int token = 0; token < batch; token++) {
        int to = token * PanelWords.ROWS;
        int group = token * groups + column / words.group();
        own.first = to;
        words.add(panels, at, count, inputs, group, own);
        if (format.offsets()) {
          int sum = (token * cols + column) / RowKernel.GROUP;
          addOffsets(own.offsets, count, sums, sum, own.totals, to);
        }
      }
    }
    store(panel, batch, product, own.totals);
  }

  private static void clear(float[] totals, int count) {
    for (int i = 0; i < count; i++) {
      totals[i] = 0;
    }
  }

  private void scales(int panel, int block, int blocks, PanelScratch own) {
    PanelFormat format = layout.format();
    long at = layout.chunkAt(panel, block);
    int halves = blocks * format.halves() * PanelWords.ROWS;
    MemorySegment.copy(
        panels, ValueLayout.JAVA_SHORT.withOrder(Panels.ORDER), at, own.halves, 0, halves);
    format.scales(panels, at + blocks * layout.halvesBytes(), blocks, own);
  }

  /**
   * {@code totals[row] += sum over groups of offsets[group][row] sums[group]}; three vectors at a
   * time, which need not wait for each other.
   */
  private static void addOffsets(
      float[] offsets, int groups, float[] sums, int sum, float[] totals, int to) {
    for (int row = 0; row < PanelWords.ROWS; row += 3 * COUNT) {
      FloatVector t0 = FloatVector.fromArray(FLOATS, totals, to + row);
      FloatVector t1 = FloatVector.fromArray(FLOATS, totals, to + row + COUNT);
      FloatVector t2 = FloatVector.fromArray(FLOATS, totals, to + row + 2 * COUNT);
      for (int group = 0; group < groups; group++) {
        int at = group * PanelWords.ROWS + row;
        FloatVector x = FloatVector.broadcast(FLOATS, sums[sum + group]);
        t0 = FloatVector.fromArray(FLOATS, offsets, at).fma(x, t0);
        t1 = FloatVector.fromArray(FLOATS, offsets, at + COUNT).fma(x, t1);
        t2 = FloatVector.fromArray(FLOATS, offsets, at + 2 * COUNT).fma(x, t2);
      }
      t0.intoArray(totals, to + row);
      t1.intoArray(totals, to + row + COUNT);
      t2.intoArray(totals, to + row + 2 * COUNT);
    }
  }

  private void store(int panel, int batch, Product product, float[] totals) {
    float[] result = product.result();
    float[] bias = product.bias();
    int first = panel * PanelWords.ROWS;
    int count = Math.min(PanelWords.ROWS, layout.rows() - first);
    for (int token = 0; token < batch; token++) {
      int from = token * PanelWords.ROWS;
      int to = token * layout.rows() + first;
      for (int row = 0; row < count; row++) {
        float dot = totals[from + row];
        result[to + row] = bias.length == 0 ? dot : dot + bias[first + row];
      }
    }
  }
}
