package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Weights;
import dev.rocmforge.engine.session.KvReader;
import java.util.Arrays;
import java.util.Optional;

/** Runs Mamba blocks. The state is a summary of all tokens: it can only be cut at 0. */
final class MambaPass implements ForwardPass {
  private final Operations operations;
  private final Observer observer;
  private final MambaBlocks shape;
  private final int width;
  private final float epsilon;
  private final float[] normed;
  private final float[] input;
  private final float[] convolved;
  private final float[] selection;
  private final float[] lowRank;
  private final float[] timeStep;
  private final float[] scanned;
  private final float[] delta;
  private final Layer[] layers;

  /** A block's weights ready to run, and its state. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares blocks; a record for its accessors
  private record Layer(
      float[] norm,
      ProductGroup input,
      float[] kernel,
      float[] kernelBias,
      ProductGroup select,
      ProductGroup timeStep,
      float[] decay,
      float[] skip,
      ProductGroup output,
      float[] history,
      float[] state) {}

  MambaPass(
      ModelConfig config, Weights weights, int batch, Operations operations, Observer observer) {
    this.operations = operations;
    this.observer = observer;
    this.shape = (MambaBlocks) config.blocks();
    this.width = config.embeddingLength();
    this.epsilon = config.normEpsilon();
    int inner = shape.innerSize();
    normed = new float[batch * width];
    input = new float[batch * 2 * inner];
    convolved = new float[batch * inner];
    selection = new float[batch * (shape.timeStepRank() + 2 * shape.stateSize())];
    lowRank = new float[batch * shape.timeStepRank()];
    timeStep = new float[batch * inner];
    scanned = new float[batch * inner];
    delta = new float[batch * width];
    layers = new Layer[config.layerCount()];
    var scratch = new CompressedScratch(batch);
    for (int i = 0; i < layers.length; i++) {
      layers[i] = layer((LayerWeights.Mamba) weights.layers().get(i), scratch);
    }
  }

  private Layer layer(LayerWeights.Mamba weights, CompressedScratch scratch) {
    return new Layer(
        weights.norm().decode(),
        ProductGroup.of(scratch, weights.input(), input),
        weights.convolution().weight().decode(),
        weights.convolution().bias().orElseThrow().decode(),
        ProductGroup.of(scratch, weights.select(), selection),
        ProductGroup.of(scratch, weights.timeStep(), timeStep),
        weights.decay().decode(),
        weights.skip().decode(),
        ProductGroup.of(scratch, weights.output(), delta),
        new float[(shape.convolutionKernel() - 1) * shape.innerSize()],
        new float[shape.innerSize() * shape.stateSize()]);
  }

  @Override
  public void run(float[] x, int batch, int position) {
    for (int i = 0; i < layers.length; i++) {
      block(layers[i], i, x, batch, position);
    }
  }

  private void block(Layer layer, int index, float[] x, int batch, int position) {
    int inner = shape.innerSize();
    int selected = shape.timeStepRank() + 2 * shape.stateSize();
    operations.rmsNorm(x, batch, layer.norm, epsilon, normed);
    observer.see(Stage.ATTENTION_NORM, index, normed, batch, width, position);
    layer.input.run(operations, normed, batch);
    observer.see(Stage.SSM_INPUT, index, input, batch, 2 * inner, position);
    operations.convolve(
        shape, input, batch, layer.kernel, layer.kernelBias, layer.history, convolved);
    observer.see(Stage.SSM_CONVOLUTION, index, convolved, batch, inner, position);
    layer.select.run(operations, convolved, batch);
    observer.see(Stage.SSM_SELECTION, index, selection, batch, selected, position);
    int rank = shape.timeStepRank();
    for (int row = 0; row < batch; row++) {
      System.arraycopy(selection, row * selected, lowRank, row * rank, rank);
    }
    layer.timeStep.run(operations, lowRank, batch);
    observer.see(Stage.SSM_TIME_STEP, index, timeStep, batch, inner, position);
    operations.softPlus(timeStep, batch * inner);
    operations.scan(
        shape,
        convolved,
        timeStep,
        selection,
        input,
        batch,
        layer.decay,
        layer.skip,
        layer.state,
        scanned);
    observer.see(Stage.SSM_SCAN, index, scanned, batch, inner, position);
    layer.output.run(operations, scanned, batch);
    observer.see(Stage.SSM_OUTPUT, index, delta, batch, width, position);
    operations.add(x, delta, batch * width);
    observer.see(Stage.BLOCK_OUTPUT, index, x, batch, width, position);
  }

  @Override
  public boolean canRewind(int position) {
    return position == 0;
  }

  @Override
  public void rewind(int position) {
    assert canRewind(position) : "recurrent state cut at " + position;
    for (Layer layer : layers) {
      Arrays.fill(layer.history, 0);
      Arrays.fill(layer.state, 0);
    }
  }

  @Override
  public Optional<KvReader> keyValues() {
    return Optional.empty();
  }
}
