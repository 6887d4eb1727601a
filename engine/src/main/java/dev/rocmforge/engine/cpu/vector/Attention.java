package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.FloatCache;
import dev.rocmforge.engine.session.HalfCache;
import dev.rocmforge.engine.session.KvCache;
import java.util.Arrays;

/**
 * Causal softmax attention; a task is one row and one key head with all query heads that share it.
 * Cached halves are converted stretch by stretch, once for all these heads.
 */
final class Attention implements WorkerPool.Work {
  /** Positions handled at a time; divides a cache block. */
  static final int STRETCH = 64;

  private final WorkerPool pool;
  private final WorkerScratch[] scratch;
  private final int capacity;
  private TransformerBlocks shape;
  private KvCache cache;
  private int layer;
  private float[] queries;
  private int position;
  private float[] out;

  Attention(WorkerPool pool, WorkerScratch[] scratch, int capacity) {
    this.pool = pool;
    this.scratch = scratch;
    this.capacity = capacity;
  }

  /** As {@link dev.rocmforge.engine.cpu.Operations#attention}. */
  void run(
      TransformerBlocks blocks,
      KvCache keyValues,
      int index,
      float[] q,
      int batch,
      int first,
      float[] result) {
    shape = blocks;
    cache = keyValues;
    layer = index;
    queries = q;
    position = first;
    out = result;
    pool.run(this, batch * blocks.kvHeads());
  }

  @Override
  public void run(int task, int worker) {
    int row = task / shape.kvHeads();
    int kvHead = task % shape.kvHeads();
    int positions = position + row + 1;
    float[] scores = scratch[worker].scores;
    float[] cached = scratch[worker].cached;
    for (int from = 0; from < positions; from += STRETCH) {
      scoreStretch(row, kvHead, from, Math.min(STRETCH, positions - from), scores, cached);
    }
    int group = shape.headsPerKv();
    for (int head = 0; head < group; head++) {
      softmax(scores, head * capacity, positions);
    }
    int valueLength = shape.valueLength();
    int to = (row * shape.heads() + kvHead * group) * valueLength;
    Arrays.fill(out, to, to + group * valueLength, 0);
    for (int from = 0; from < positions; from += STRETCH) {
      sumStretch(to, kvHead, from, Math.min(STRETCH, positions - from), scores, cached);
    }
  }

  private void scoreStretch(
      int row, int kvHead, int from, int count, float[] scores, float[] cached) {
    int length = shape.keyLength();
    int group = shape.headsPerKv();
    float scale = (float) (1 / Math.sqrt(length));
    int width = cache.keyWidth();
    int block = from / KvCache.BLOCK;
    int start = from % KvCache.BLOCK * width + kvHead * length;
    float[] keys;
    int stride;
    switch (cache) {
      case FloatCache floats -> {
        keys = floats.keys(layer, block);
        stride = width;
      }
      case HalfCache halves -> {
        convert(halves.keys(layer, block), start, width, cached, length, count);
        keys = cached;
        stride = length;
        start = 0;
      }
    }
    int query = (row * shape.heads() + kvHead * group) * length;
    for (int head = 0; head < group; head++) {
      for (int t = 0; t < count; t++) {
        scores[head * capacity + from + t] =
            scale * Lanes.dot(queries, query + head * length, keys, start + t * stride, length);
      }
    }
  }

  /** Turns scores into probabilities. */
  private static void softmax(float[] scores, int from, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < count; t++) {
      max = Math.max(max, scores[from + t]);
    }
    float factor = 1 / Lanes.expShifted(scores, from, count, max);
    for (int t = 0; t < count; t++) {
      scores[from + t] *= factor;
    }
  }

  private void sumStretch(int to, int kvHead, int from, int count, float[] scores, float[] cached) {
    int length = shape.valueLength();
    int width = cache.valueWidth();
    int block = from / KvCache.BLOCK;
    int start = from % KvCache.BLOCK * width + kvHead * length;
    float[] values;
    int stride;
    switch (cache) {
      case FloatCache floats -> {
        values = floats.values(layer, block);
        stride = width;
      }
      case HalfCache halves -> {
        convert(halves.values(layer, block), start, width, cached, length, count);
        values = cached;
        stride = length;
        start = 0;
      }
    }
    for (int head = 0; head < shape.headsPerKv(); head++) {
      Lanes.weightedSum(
          out,
          to + head * length,
          length,
          scores,
          head * capacity + from,
          count,
          values,
          start,
          stride);
    }
  }

  private static void convert(
      short[] halves, int start, int stride, float[] target, int length, int count) {
    for (int t = 0; t < count; t++) {
      HalfRows.convert(halves, start + t * stride, target, t * length, length);
    }
  }
}
