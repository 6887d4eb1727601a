package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import java.util.Optional;

/**
 * Looks for the first NaN or infinity of a forward pass, in the order of computation, and keeps the
 * largest finite magnitude before it. One watch belongs to one session.
 */
public final class FiniteWatch implements Probe {
  /**
   * The largest finite magnitude seen.
   *
   * @param value 0 where nothing was seen
   * @param place layer and operation in words
   */
  public record Largest(float value, String place) {}

  private BadValue first;
  private float largest;
  private Stage largestStage = Stage.EMBEDDING;
  private int largestLayer = -1;
  private long values;

  @Override
  public void observe(Stage stage, int layer, float[] seen, int rows, int cols, int firstPosition) {
    if (first != null) {
      return;
    }
    for (int i = 0; i < rows * cols; i++) {
      float magnitude = Math.abs(seen[i]);
      if (!(magnitude <= Float.MAX_VALUE)) {
        int row = i / cols;
        int position = firstPosition < 0 ? -1 : firstPosition + row;
        first = new BadValue(stage, layer, row, position, i % cols, cols, seen[i]);
        return;
      }
      if (magnitude > largest) {
        largest = magnitude;
        largestStage = stage;
        largestLayer = layer;
      }
    }
    values += (long) rows * cols;
  }

  /** The first bad value; empty while all were finite. */
  public Optional<BadValue> first() {
    return Optional.ofNullable(first);
  }

  /** The largest finite magnitude before the first bad value, or of all. */
  public Largest largest() {
    return new Largest(largest, BadValue.place(largestStage, largestLayer));
  }

  /** Values looked at before the first bad one. */
  public long values() {
    return values;
  }
}
