package dev.rocmforge.engine.gpu;

import java.util.Map;

/**
 * Device time of one decode step by stage, each launched by itself.
 *
 * @param stageMicros in the order of the stages; the sum over all layers
 * @param stepMicros from before the first launch to after the last
 */
public record DecodeProfile(Map<DecodeStage, Double> stageMicros, double stepMicros) {
  public double sumMicros() {
    return stageMicros.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
