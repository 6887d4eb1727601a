package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;

/** Hands values to a probe unless it is {@link Probe#NONE}: one comparison when nobody looks. */
record Observer(Probe probe) {
  void see(Stage stage, int layer, float[] values, int rows, int cols, int firstPosition) {
    if (probe != Probe.NONE) {
      probe.observe(stage, layer, values, rows, cols, firstPosition);
    }
  }
}
