package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;

/** Hands values to a probe unless it is {@link Probe#NONE}: one test when nobody looks. */
final class Observer {
  private final Probe probe;
  private final boolean looking;

  Observer(Probe probe) {
    this.probe = probe;
    this.looking = !probe.equals(Probe.NONE);
  }

  void see(Stage stage, int layer, float[] values, int rows, int cols, int firstPosition) {
    if (looking) {
      probe.observe(stage, layer, values, rows, cols, firstPosition);
    }
  }
}
