package dev.rocmforge.engine.session;

import dev.rocmforge.engine.model.Rope;

/**
 * Cosines and sines of the rotation for the positions of one batch, computed in double and rounded
 * to float once; shared by all layers and heads.
 */
public final class RopeAngles {
  private final double[] frequencies;
  private final Rope.Pairing pairing;
  private final float[] cosines;
  private final float[] sines;

  /**
   * @param factors divisors of the frequencies, one a pair; empty if the model has none
   * @param batch most rows
   */
  public RopeAngles(Rope rope, float[] factors, int batch) {
    pairing = rope.pairing();
    frequencies = new double[rope.pairs()];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(rope.base(), -2.0 * i / rope.dimensions());
      frequencies[i] = frequency * rope.positionScale() / (factors.length == 0 ? 1 : factors[i]);
    }
    cosines = new float[batch * frequencies.length];
    sines = new float[batch * frequencies.length];
  }

  /** Computes rows 0 to {@code rows - 1} for positions {@code position} and following. */
  public void fill(int position, int rows) {
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (double frequency : frequencies) {
        double angle = (position + row) * frequency;
        cosines[at] = (float) Math.cos(angle);
        sines[at] = (float) Math.sin(angle);
        at++;
      }
    }
  }

  /** Turning pairs in a head. */
  public int pairs() {
    return frequencies.length;
  }

  /** Which elements make a pair. */
  public Rope.Pairing pairing() {
    return pairing;
  }

  /** {@code [rows][pairs]}, the object's own array. */
  public float[] cosines() {
    return cosines;
  }

  /** {@code [rows][pairs]}, the object's own array. */
  public float[] sines() {
    return sines;
  }
}
