package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.CodedSide;
import dev.rocmforge.engine.session.FloatSide;
import dev.rocmforge.engine.session.HalfSide;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.LatentSide;
import java.util.Arrays;

/**
 * Causal softmax attention; a task is one row and one key head with all query heads that share it.
 * Cached halves and codes are converted stretch by stretch, once for all these heads; turned heads
 * stay turned, the queries are turned instead, and the sums turned back.
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
    WorkerScratch own = scratch[worker];
    int group = shape.headsPerKv();
    int query = (row * shape.heads() + kvHead * group) * shape.keyLength();
    if (cache.keys() instanceof CodedSide coded) {
      for (int head = 0; head < group; head++) {
        coded.prepareQuery(
            queries,
            query + head * shape.keyLength(),
            own.turned,
            head * coded.readLength(),
            own.spare);
      }
      score(own, own.turned, 0, coded.readLength(), kvHead, positions);
    } else {
      score(own, queries, query, shape.keyLength(), kvHead, positions);
    }
    for (int head = 0; head < group; head++) {
      softmax(own.scores, head * capacity, positions);
    }
    int valueLength = shape.valueLength();
    int to = (row * shape.heads() + kvHead * group) * valueLength;
    Arrays.fill(out, to, to + group * valueLength, 0);
    for (int from = 0; from < positions; from += STRETCH) {
      int count = Math.min(STRETCH, positions - from);
      sumStretch(own, to, kvHead, from, count);
    }
    if (cache.values() instanceof CodedSide coded) {
      for (int head = 0; head < group; head++) {
        coded.turnBack(out, to + head * valueLength, own.spare);
      }
    }
  }

  /** Scores of all heads of a group; their queries lie one after the other from {@code at} on. */
  private void score(
      WorkerScratch own, float[] query, int at, int length, int kvHead, int positions) {
    for (int from = 0; from < positions; from += STRETCH) {
      int count = Math.min(STRETCH, positions - from);
      scoreStretch(own, query, at, length, kvHead, from, count);
    }
  }

  private void scoreStretch(
      WorkerScratch own, float[] query, int at, int length, int kvHead, int from, int count) {
    float scale = (float) (1 / Math.sqrt(shape.keyLength()));
    int width = cache.keyWidth();
    int block = from / KvCache.BLOCK;
    int start = from % KvCache.BLOCK * width + kvHead * shape.keyLength();
    float[] keys = own.cached;
    int stride = length;
    switch (cache.keys()) {
      case FloatSide floats -> {
        keys = floats.block(layer, block);
        stride = width;
      }
      case HalfSide halves -> {
        convert(halves.block(layer, block), start, width, own.cached, length, count);
        start = 0;
      }
      case CodedSide coded -> {
        coded.read(layer, from, count, kvHead, own.cached);
        start = 0;
      }
      case LatentSide latents -> {
        latents.read(layer, from, count, kvHead, own.cached, own.latent(latents));
        start = 0;
      }
    }
    float[] scores = own.scores;
    for (int head = 0; head < shape.headsPerKv(); head++) {
      for (int t = 0; t < count; t++) {
        scores[head * capacity + from + t] =
            scale * Lanes.dot(query, at + head * length, keys, start + t * stride, length);
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

  private void sumStretch(WorkerScratch own, int to, int kvHead, int from, int count) {
    float[] scores = own.scores;
    float[] cached = own.cached;
    int length = shape.valueLength();
    int width = cache.valueWidth();
    int block = from / KvCache.BLOCK;
    int start = from % KvCache.BLOCK * width + kvHead * length;
    float[] values = cached;
    int stride = length;
    switch (cache.values()) {
      case FloatSide floats -> {
        values = floats.block(layer, block);
        stride = width;
      }
      case HalfSide halves -> {
        convert(halves.block(layer, block), start, width, cached, length, count);
        start = 0;
      }
      case CodedSide coded -> {
        coded.read(layer, from, count, kvHead, cached);
        start = 0;
      }
      case LatentSide latents -> {
        latents.read(layer, from, count, kvHead, cached, own.latent(latents));
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
