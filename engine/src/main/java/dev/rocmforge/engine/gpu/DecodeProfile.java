package dev.rocmforge.engine.gpu;

import java.util.EnumMap;
import java.util.Map;

/**
 * Device time of decode steps by stage, each stage launched by itself.
 *
 * @param steps how many steps these are the sums of
 * @param stageMicros in the order of the stages; the sum over all layers
 * @param stepMicros from before the token is copied to the device to behind the copy of the result
 */
public record DecodeProfile(int steps, Map<DecodeStage, Double> stageMicros, double stepMicros) {
  static final DecodeProfile NONE = new DecodeProfile(0, Map.of(), 0);

  public double sumMicros() {
    return stageMicros.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** What no stage explains: copies, and the gaps between them and the first and last launch. */
  public double restMicros() {
    return stepMicros - sumMicros();
  }

  /** The steps after those of {@code earlier}. */
  public DecodeProfile minus(DecodeProfile earlier) {
    Map<DecodeStage, Double> rest = new EnumMap<>(DecodeStage.class);
    stageMicros.forEach(
        (stage, micros) -> rest.put(stage, micros - earlier.stageMicros.getOrDefault(stage, 0.0)));
    return new DecodeProfile(steps - earlier.steps, rest, stepMicros - earlier.stepMicros);
  }

  DecodeProfile plus(DecodeProfile other) {
    Map<DecodeStage, Double> sums = new EnumMap<>(DecodeStage.class);
    sums.putAll(stageMicros);
    other.stageMicros.forEach((stage, micros) -> sums.merge(stage, micros, Double::sum));
    return new DecodeProfile(steps + other.steps, sums, stepMicros + other.stepMicros);
  }
}
