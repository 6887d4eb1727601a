package dev.rocmforge.validation.model;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvCache;

/**
 * Rounds the keys or the values of one layer as a cache would, in a session whose own cache keeps
 * them in full: what that layer alone costs. Steers a session on the CPU.
 */
public final class KvRounding implements Probe {
  private final Stage stage;
  private final int layer;
  private final KvCache cache;
  private final double[] sums;
  private double energy;
  private long rowsSeen;

  private KvRounding(Stage stage, int layer, KvCache cache) {
    this.stage = stage;
    this.layer = layer;
    this.cache = cache;
    sums = new double[cache.keyWidth()];
  }

  /**
   * @param batch most tokens a pass
   */
  public static KvRounding keys(KvStorage storage, TransformerBlocks blocks, int layer, int batch) {
    return new KvRounding(
        Stage.ROTATED_KEY, layer, cache(storage, blocks.kvHeads(), blocks.keyLength(), batch));
  }

  /**
   * @param batch most tokens a pass
   */
  public static KvRounding values(
      KvStorage storage, TransformerBlocks blocks, int layer, int batch) {
    return new KvRounding(
        Stage.VALUE, layer, cache(storage, blocks.kvHeads(), blocks.valueLength(), batch));
  }

  private static KvCache cache(KvStorage storage, int heads, int length, int batch) {
    KvCache cache = KvCache.of(storage, 1, heads, length, length, batch);
    cache.reserve(batch);
    return cache;
  }

  @Override
  public void observe(
      Stage at, int atLayer, float[] values, int rows, int cols, int firstPosition) {
    if (at != stage || atLayer != layer) {
      return;
    }
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < cols; i++) {
        sums[i] += values[row * cols + i];
        energy += (double) values[row * cols + i] * values[row * cols + i];
      }
    }
    rowsSeen += rows;
    cache.store(0, 0, rows, values, values);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < cols; i++) {
        values[row * cols + i] =
            stage == Stage.VALUE ? cache.value(0, row, i) : cache.key(0, row, i);
      }
    }
  }

  /**
   * How much of the energy of all that was seen is that of its mean over positions. Of keys this
   * part moves all scores alike, which the softmax does not see, but rounding errs in proportion to
   * the whole.
   */
  public double commonShare() {
    double squares = 0;
    for (double sum : sums) {
      squares += sum / rowsSeen * sum / rowsSeen;
    }
    return squares * rowsSeen / energy;
  }
}
