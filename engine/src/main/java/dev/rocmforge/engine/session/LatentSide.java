package dev.rocmforge.engine.session;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.compress.Projection;
import java.util.List;

/** Keys or values as latents in f32 or f16; heads are made of them when they are read. */
public final class LatentSide extends KvSide {
  private final List<Projection> layers;
  private final int length;
  private final KvSide latents;
  private final int rank;
  private final float[] latent;

  /**
   * @param layers one a layer, of one width and rank
   * @param length of a head
   */
  LatentSide(KvType type, List<Projection> layers, int length, int capacity) {
    super(layers.getFirst().width());
    this.layers = layers;
    this.length = length;
    rank = layers.getFirst().rank();
    latent = new float[rank];
    latents =
        type == KvType.F16
            ? new HalfSide(layers.size(), rank, capacity)
            : new FloatSide(layers.size(), rank, capacity);
  }

  /** Floats that {@link #read} needs to work in. */
  public int scratchLength() {
    return rank;
  }

  /**
   * Reads a head of some positions.
   *
   * @param to {@code [count][length of a head]}
   * @param scratch at least {@link #scratchLength} floats
   */
  public void read(int layer, int position, int count, int head, float[] to, float[] scratch) {
    Projection projection = layers.get(layer);
    for (int t = 0; t < count; t++) {
      load(layer, position + t, scratch);
      projection.up(scratch, 0, head * length, length, to, t * length);
    }
  }

  private void load(int layer, int position, float[] to) {
    for (int j = 0; j < rank; j++) {
      to[j] = latents.element(layer, position, j);
    }
  }

  @Override
  public float element(int layer, int position, int element) {
    float[] own = new float[rank];
    load(layer, position, own);
    float[] one = new float[1];
    layers.get(layer).up(own, 0, element, 1, one, 0);
    return one[0];
  }

  @Override
  void store(int layer, int position, float[] from, int at) {
    layers.get(layer).down(from, at, latent);
    latents.store(layer, position, latent, 0);
  }

  @Override
  void allocate(int block) {
    latents.allocate(block);
  }
}
