package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.Linear;
import java.util.Arrays;

/**
 * Mixture of experts. Rows are gathered by expert, so that an expert's weights are read once a
 * batch; results are summed in the order of the experts, the shared one last, so that a row's sum
 * does not depend on the batch it came in.
 */
final class MixturePass implements FeedForwardPass {
  private final FeedForward.Experts kind;
  private final FeedForwardScratch scratch;
  private final Product[] router;
  private final DensePass[] experts;
  private final Product[] sharedRouter;
  private final DensePass shared;
  private final float[] out;
  private final int width;
  private final int layer;
  private final Operations operations;
  private final Observer observer;

  /**
   * @param out receives {@code [batch][width]}
   */
  MixturePass(
      FeedForwardWeights.Experts weights,
      FeedForward.Experts kind,
      FeedForwardScratch scratch,
      float[] out,
      int layer,
      Operations operations,
      Observer observer) {
    this.kind = kind;
    this.scratch = scratch;
    this.out = out;
    this.width = weights.router().cols();
    this.layer = layer;
    this.operations = operations;
    this.observer = observer;
    router = new Product[] {new Product(Linear.of(weights.router()), scratch.router())};
    experts = new DensePass[kind.count()];
    for (int e = 0; e < experts.length; e++) {
      experts[e] = pass(expert(weights, kind.length(), e));
    }
    if (weights.shared().isPresent()) {
      FeedForwardWeights.Shared always = weights.shared().get();
      sharedRouter = new Product[] {new Product(Linear.of(always.router()), scratch.router())};
      shared = pass(always.expert());
    } else {
      sharedRouter = new Product[0];
      shared = null;
    }
  }

  private DensePass pass(FeedForwardWeights.Dense weights) {
    return new DensePass(weights, scratch, scratch.expertOut(), layer, operations, observer);
  }

  private static FeedForwardWeights.Dense expert(
      FeedForwardWeights.Experts weights, int length, int index) {
    int width = weights.router().cols();
    return new FeedForwardWeights.Dense(
        Linear.of(weights.gate().slice((long) index * length, length)),
        Linear.of(weights.up().slice((long) index * length, length)),
        Linear.of(weights.down().slice((long) index * width, width)));
  }

  @Override
  public void run(float[] x, int batch, int position) {
    operations.multiply(router, x, batch);
    observer.see(Stage.ROUTER, layer, scratch.router(), batch, kind.count(), position);
    for (int row = 0; row < batch; row++) {
      route(row);
    }
    Arrays.fill(out, 0, batch * width, 0);
    for (int e = 0; e < experts.length; e++) {
      runExpert(e, x, batch);
    }
    if (shared != null) {
      operations.multiply(sharedRouter, x, batch);
      observer.see(Stage.SHARED_ROUTER, layer, scratch.router(), batch, 1, position);
      shared.run(x, batch, position);
      for (int row = 0; row < batch; row++) {
        float gate = (float) (1 / (1 + Math.exp(-scratch.router()[row])));
        operations.addScaled(out, row * width, gate, scratch.expertOut(), row * width, width);
      }
    }
  }

  /** Softmax over all experts, then the largest; ties go to the lower expert. */
  private void route(int row) {
    int count = kind.count();
    int start = row * count;
    float[] logits = scratch.router();
    float[] share = scratch.share();
    double max = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      max = Math.max(max, logits[start + e]);
    }
    double sum = 0;
    for (int e = 0; e < count; e++) {
      sum += Math.exp(logits[start + e] - max);
    }
    Arrays.fill(share, start, start + count, 0);
    double chosen = 0;
    for (int n = 0; n < kind.used(); n++) {
      int best = best(logits, share, start, count);
      double probability = Math.exp(logits[start + best] - max) / sum;
      share[start + best] = (float) probability;
      chosen += probability;
    }
    double factor = kind.scale() / (kind.renormalise() ? chosen : 1);
    for (int e = 0; e < count; e++) {
      share[start + e] = (float) (share[start + e] * factor);
    }
  }

  private static int best(float[] logits, float[] share, int start, int count) {
    int best = -1;
    for (int e = 0; e < count; e++) {
      if (share[start + e] == 0 && (best < 0 || logits[start + e] > logits[start + best])) {
        best = e;
      }
    }
    return best;
  }

  private void runExpert(int expert, float[] x, int batch) {
    int[] rows = scratch.rows();
    int chosen = 0;
    for (int row = 0; row < batch; row++) {
      if (scratch.share()[row * kind.count() + expert] != 0) {
        System.arraycopy(x, row * width, scratch.gathered(), chosen * width, width);
        rows[chosen++] = row;
      }
    }
    if (chosen == 0) {
      return;
    }
    experts[expert].run(scratch.gathered(), chosen, -1);
    observer.see(Stage.EXPERT_OUTPUT, layer, scratch.expertOut(), chosen, width, -1);
    for (int i = 0; i < chosen; i++) {
      operations.addScaled(
          out,
          rows[i] * width,
          scratch.share()[rows[i] * kind.count() + expert],
          scratch.expertOut(),
          i * width,
          width);
    }
  }
}
