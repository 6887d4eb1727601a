package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.model.Weights;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.KvReader;
import dev.rocmforge.engine.session.RopeAngles;
import java.util.Optional;

/** Runs transformer blocks: attention over a cache, then a dense or mixed feed-forward part. */
final class TransformerPass implements ForwardPass {
  private final Operations operations;
  private final Observer observer;
  private final TransformerBlocks shape;
  private final int width;
  private final float epsilon;
  private final KvCache cache;
  private final boolean adaState;
  private final RopeAngles angles;
  private final float[] normed;
  private final float[] query;
  private final float[] key;
  private final float[] value;
  private final float[] attended;
  private final float[] delta;
  private final Layer[] layers;

  /** A block's weights ready to run. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares blocks; a record for its accessors
  private record Layer(
      float[] attentionNorm,
      ProductGroup queryKeyValue,
      float[] queryNorm,
      float[] keyNorm,
      ProductGroup output,
      float[] feedForwardNorm,
      FeedForwardPass feedForward) {}

  TransformerPass(
      ModelConfig config,
      Weights weights,
      KvCache cache,
      boolean adaState,
      int batch,
      Operations operations,
      Observer observer) {
    this.operations = operations;
    this.observer = observer;
    this.shape = (TransformerBlocks) config.blocks();
    this.width = config.embeddingLength();
    this.epsilon = config.normEpsilon();
    this.cache = cache;
    this.adaState = adaState;
    this.angles =
        new RopeAngles(
            shape.rope(), weights.ropeFactors().map(Tensor::decode).orElse(new float[0]), batch);
    normed = new float[batch * width];
    query = new float[batch * shape.queryWidth()];
    key = new float[batch * shape.keyWidth()];
    value = new float[batch * shape.valueWidth()];
    attended = new float[batch * shape.attentionWidth()];
    delta = new float[batch * width];
    FeedForwardScratch scratch = FeedForwardScratch.of(shape.feedForward(), width, batch);
    layers = new Layer[config.layerCount()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = layer((LayerWeights.Transformer) weights.layers().get(i), i, scratch);
    }
  }

  private Layer layer(LayerWeights.Transformer weights, int index, FeedForwardScratch scratch) {
    LayerWeights.Attention attention = weights.attention();
    FeedForwardPass feedForward =
        switch (weights.feedForward()) {
          case FeedForwardWeights.Dense dense ->
              new DensePass(dense, scratch, delta, index, operations, observer);
          case FeedForwardWeights.Experts experts ->
              new MixturePass(
                  experts,
                  (FeedForward.Experts) shape.feedForward(),
                  scratch,
                  delta,
                  index,
                  operations,
                  observer);
        };
    return new Layer(
        attention.norm().decode(),
        new ProductGroup(scratch.compressed())
            .with(attention.query(), query)
            .with(attention.key(), key)
            .with(attention.value(), value),
        attention.queryNorm().map(Tensor::decode).orElse(new float[0]),
        attention.keyNorm().map(Tensor::decode).orElse(new float[0]),
        ProductGroup.of(scratch.compressed(), attention.output(), delta),
        weights.feedForwardNorm().decode(),
        feedForward);
  }

  @Override
  public void run(float[] x, int batch, int position) {
    cache.reserve(position + batch);
    angles.fill(position, batch);
    for (int i = 0; i < layers.length; i++) {
      Layer layer = layers[i];
      attention(layer, i, x, batch, position);
      operations.rmsNorm(x, batch, layer.feedForwardNorm, epsilon, normed);
      observer.see(Stage.FEED_FORWARD_NORM, i, normed, batch, width, position);
      layer.feedForward.run(normed, batch, position);
      observer.see(Stage.FEED_FORWARD_OUTPUT, i, delta, batch, width, position);
      operations.add(x, delta, batch * width);
      observer.see(Stage.BLOCK_OUTPUT, i, x, batch, width, position);
    }
    cache.setPositions(position + batch);
  }

  private void attention(Layer layer, int index, float[] x, int batch, int position) {
    operations.rmsNorm(x, batch, layer.attentionNorm, epsilon, normed);
    observer.see(Stage.ATTENTION_NORM, index, normed, batch, width, position);
    layer.queryKeyValue.run(operations, normed, batch);
    observer.see(Stage.QUERY, index, query, batch, shape.queryWidth(), position);
    observer.see(Stage.KEY, index, key, batch, shape.keyWidth(), position);
    observer.see(Stage.VALUE, index, value, batch, shape.valueWidth(), position);
    if (shape.queryKeyNorm()) {
      operations.rmsNorm(query, batch * shape.heads(), layer.queryNorm, epsilon, query);
      operations.rmsNorm(key, batch * shape.kvHeads(), layer.keyNorm, epsilon, key);
      observer.see(Stage.QUERY_NORM, index, query, batch, shape.queryWidth(), position);
      observer.see(Stage.KEY_NORM, index, key, batch, shape.keyWidth(), position);
    }
    operations.rope(query, batch, shape.heads(), shape.keyLength(), angles);
    operations.rope(key, batch, shape.kvHeads(), shape.keyLength(), angles);
    observer.see(Stage.ROTATED_QUERY, index, query, batch, shape.queryWidth(), position);
    observer.see(Stage.ROTATED_KEY, index, key, batch, shape.keyWidth(), position);
    cache.store(index, position, batch, key, value);
    if (adaState) {
      AdaState.scale(query, batch * shape.heads(), shape.keyLength());
    }
    operations.attention(shape, cache, index, query, batch, position, attended);
    observer.see(Stage.ATTENTION, index, attended, batch, shape.attentionWidth(), position);
    layer.output.run(operations, attended, batch);
    observer.see(Stage.ATTENTION_OUTPUT, index, delta, batch, width, position);
    operations.add(x, delta, batch * width);
    observer.see(Stage.ATTENTION_RESIDUAL, index, x, batch, width, position);
  }

  @Override
  public boolean canRewind(int position) {
    return true;
  }

  @Override
  public void rewind(int position) {
    cache.setPositions(position);
  }

  @Override
  public Optional<KvReader> keyValues() {
    return Optional.of(cache);
  }
}
