package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.model.FeedForward;

/**
 * Memory that the feed-forward parts of all layers share, since only one runs at a time.
 *
 * @param gate {@code [batch][inner]}; also the activation
 * @param up {@code [batch][inner]}
 * @param router {@code [batch][experts]}; empty when dense
 * @param gathered {@code [batch][width]}: rows chosen for an expert
 * @param expertOut {@code [batch][width]}: an expert's result for these rows
 * @param rows which row of the batch each gathered row is
 * @param compressed for products with compressed matrices
 * @param share {@code [batch][experts]}: share of an expert in a row, 0 where not chosen
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a record for its accessors
record FeedForwardScratch(
    float[] gate,
    float[] up,
    float[] router,
    float[] gathered,
    float[] expertOut,
    int[] rows,
    CompressedScratch compressed,
    float[] share) {

  static FeedForwardScratch of(FeedForward kind, int width, int batch) {
    return switch (kind) {
      case FeedForward.Dense dense ->
          new FeedForwardScratch(
              new float[batch * dense.length()],
              new float[batch * dense.length()],
              new float[0],
              new float[0],
              new float[0],
              new int[0],
              new CompressedScratch(batch),
              new float[0]);
      case FeedForward.Experts experts -> {
        int inner = Math.max(experts.length(), experts.sharedLength());
        yield new FeedForwardScratch(
            new float[batch * inner],
            new float[batch * inner],
            new float[batch * experts.count()],
            new float[batch * width],
            new float[batch * width],
            new int[batch],
            new CompressedScratch(batch),
            new float[batch * experts.count()]);
      }
    };
  }
}
