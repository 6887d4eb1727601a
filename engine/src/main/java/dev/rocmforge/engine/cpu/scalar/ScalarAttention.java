package dev.rocmforge.engine.cpu.scalar;

import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.CodedSide;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.KvSide;
import dev.rocmforge.engine.session.LatentSide;
import java.util.Arrays;

/**
 * Softmax attention of one head, sums in double from the first to the last. Heads that are cached
 * turned stay turned: the query is turned, and the sum turned back.
 */
final class ScalarAttention {
  private final double[] scores;
  private final double[] sums;
  private final float[] turned;
  private final float[] read;
  private final float[] spare;
  private float[] latent = new float[0];

  /**
   * @param capacity most positions that attention looks at
   */
  ScalarAttention(TransformerBlocks shape, int capacity) {
    int head = Math.max(shape.keyLength(), shape.valueLength());
    scores = new double[capacity];
    sums = new double[shape.valueLength()];
    turned = new float[2 * head];
    read = new float[2 * head];
    spare = new float[head];
  }

  /** Head {@code head} of row {@code row}, which sees the first {@code positions} positions. */
  void attend(
      TransformerBlocks shape,
      KvCache cache,
      int layer,
      float[] queries,
      int row,
      int head,
      int positions,
      float[] out) {
    int kvHead = head / shape.headsPerKv();
    int query = (row * shape.heads() + head) * shape.keyLength();
    double scale = 1 / Math.sqrt(shape.keyLength());
    if (cache.keys() instanceof CodedSide coded) {
      coded.prepareQuery(queries, query, turned, 0, spare);
      for (int t = 0; t < positions; t++) {
        coded.read(layer, t, 1, kvHead, read);
        scores[t] = scale * dot(turned, 0, read, coded.readLength());
      }
    } else {
      for (int t = 0; t < positions; t++) {
        elements(cache.keys(), layer, t, kvHead, shape.keyLength());
        scores[t] = scale * dot(queries, query, read, shape.keyLength());
      }
    }
    double total = exponentials(positions);
    int valueLength = shape.valueLength();
    Arrays.fill(sums, 0);
    for (int t = 0; t < positions; t++) {
      if (cache.values() instanceof CodedSide coded) {
        coded.read(layer, t, 1, kvHead, read);
      } else {
        elements(cache.values(), layer, t, kvHead, valueLength);
      }
      for (int i = 0; i < valueLength; i++) {
        sums[i] += scores[t] * read[i];
      }
    }
    int outStart = (row * shape.heads() + head) * valueLength;
    for (int i = 0; i < valueLength; i++) {
      out[outStart + i] = (float) (sums[i] / total);
    }
    if (cache.values() instanceof CodedSide coded) {
      coded.turnBack(out, outStart, spare);
    }
  }

  private void elements(KvSide side, int layer, int position, int head, int length) {
    if (side instanceof LatentSide latents) {
      if (latent.length < latents.scratchLength()) {
        latent = new float[latents.scratchLength()];
      }
      latents.read(layer, position, 1, head, read, latent);
      return;
    }
    for (int i = 0; i < length; i++) {
      read[i] = side.element(layer, position, head * length + i);
    }
  }

  private static double dot(float[] x, int at, float[] y, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) x[at + i] * y[i];
    }
    return sum;
  }

  /** Turns scores into exponentials; their sum. */
  private double exponentials(int positions) {
    double max = Double.NEGATIVE_INFINITY;
    for (int t = 0; t < positions; t++) {
      max = Math.max(max, scores[t]);
    }
    double sum = 0;
    for (int t = 0; t < positions; t++) {
      scores[t] = Math.exp(scores[t] - max);
      sum += scores[t];
    }
    return sum;
  }
}
