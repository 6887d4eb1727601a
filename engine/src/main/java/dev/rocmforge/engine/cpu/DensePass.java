package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForwardWeights;

/** {@code down(silu(gate x) * up x)}. */
final class DensePass implements FeedForwardPass {
  private final ProductGroup gateUp;
  private final ProductGroup down;
  private final int inner;
  private final float[] gate;
  private final float[] up;
  private final int layer;
  private final Operations operations;
  private final Observer observer;

  /**
   * @param out receives {@code [batch][width]}
   */
  DensePass(
      FeedForwardWeights.Dense weights,
      FeedForwardScratch scratch,
      float[] out,
      int layer,
      Operations operations,
      Observer observer) {
    gate = scratch.gate();
    up = scratch.up();
    gateUp =
        new ProductGroup(scratch.compressed()).with(weights.gate(), gate).with(weights.up(), up);
    down = ProductGroup.of(scratch.compressed(), weights.down(), out);
    inner = weights.gate().outputs();
    this.layer = layer;
    this.operations = operations;
    this.observer = observer;
  }

  @Override
  public void run(float[] x, int batch, int position) {
    gateUp.run(operations, x, batch);
    observer.see(Stage.GATE, layer, gate, batch, inner, position);
    observer.see(Stage.UP, layer, up, batch, inner, position);
    operations.swiGlu(gate, up, batch * inner, gate);
    observer.see(Stage.ACTIVATION, layer, gate, batch, inner, position);
    down.run(operations, gate, batch);
  }
}
