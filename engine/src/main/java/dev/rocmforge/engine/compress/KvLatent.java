package dev.rocmforge.engine.compress;

import dev.rocmforge.engine.KvStorage;
import java.util.Collections;
import java.util.List;

/**
 * Keys and values kept as latents: all heads of a position together, as they go into the cache
 * (keys rotated), projected onto few directions, a layer by itself.
 *
 * @param layers from the first
 */
public record KvLatent(List<Layer> layers) {
  /** Of one layer. */
  public record Layer(Projection keys, Projection values) {}

  public KvLatent {
    layers = List.copyOf(layers);
  }

  /**
   * The first {@code rank} values of each position instead: what a fitted projection has to beat.
   */
  public static KvLatent truncation(int layers, int keyWidth, int valueWidth, int rank) {
    var layer =
        new Layer(Projection.truncation(keyWidth, rank), Projection.truncation(valueWidth, rank));
    return new KvLatent(Collections.nCopies(layers, layer));
  }

  /** Bytes of one position in all layers, without the projections. */
  public long bytes(KvStorage storage) {
    return layers.stream()
        .mapToLong(
            layer ->
                storage.keys().bytes(layer.keys().rank())
                    + (long) storage.values().bytes(layer.values().rank()))
        .sum();
  }
}
