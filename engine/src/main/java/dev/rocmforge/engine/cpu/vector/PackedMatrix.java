package dev.rocmforge.engine.cpu.vector;

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

  /**
   * @param panels zeros, {@link PanelLayout#bytes} of them, for {@link #pack} to fill
   */
  PackedMatrix(PanelLayout layout, int cols, MemorySegment panels) {
    this.layout = layout;
    this.panels = panels;
    this.cols = cols;
  }

  PanelLayout layout() {
    return layout;
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

  /**
   * Products of one panel's rows with {@code batch} rows of activations, each with the bits that it
   * has alone.
   *
   * @param sums of every {@value RowKernel#GROUP} activations, {@code [token][group]}
   */
  void multiply(
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

  /** {@code totals[row] += sum over groups of offsets[group][row] sums[group]}. */
  private static void addOffsets(
      float[] offsets, int groups, float[] sums, int sum, float[] totals, int to) {
    for (int row = 0; row < PanelWords.ROWS; row += Lanes.COUNT) {
      FloatVector total = Lanes.load(totals, to + row);
      for (int group = 0; group < groups; group++) {
        FloatVector x = FloatVector.broadcast(Lanes.FLOATS, sums[sum + group]);
        total = Lanes.load(offsets, group * PanelWords.ROWS + row).fma(x, total);
      }
      total.intoArray(totals, to + row);
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
