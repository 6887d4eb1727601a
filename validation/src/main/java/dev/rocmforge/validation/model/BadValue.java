package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Stage;

/**
 * A value of a forward pass that is NaN or infinite, and where it stands.
 *
 * @param stage the operation that made it
 * @param layer block number, or -1 outside the blocks
 * @param row of the batch, or of the chosen rows of an expert
 * @param position of the row's token in the context; -1 for the experts of a mixture
 * @param element within the row
 * @param cols elements of the row
 * @param value NaN or an infinity
 */
public record BadValue(
    Stage stage, int layer, int row, int position, int element, int cols, float value) {
  /** Layer and operation: {@code layer 3, operation key (attn_k)}. */
  public String operation() {
    return place(stage, layer);
  }

  /** As {@link #operation} for any stage. */
  static String place(Stage stage, int layer) {
    String within = layer < 0 ? "outside the layers" : "in layer " + layer;
    return "%s, operation %s (%s)".formatted(within, stage.word(), StageTensors.of(stage));
  }

  /** All of it in words. */
  @Override
  public String toString() {
    return "%s %s, row %d%s, element %d of %d"
        .formatted(
            value,
            operation(),
            row,
            position < 0 ? "" : " (position " + position + ")",
            element,
            cols);
  }
}
