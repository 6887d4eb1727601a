package dev.rocmforge.engine.compress;

/**
 * An affine map onto few directions and back: {@code c = B (x - m)}, {@code x ~ m + B^T c}, with
 * orthonormal rows of {@code B}. Sums in double, rising. Immutable.
 */
public final class Projection {
  private final int width;
  private final int rank;
  private final float[] mean;
  private final float[] basis;

  /**
   * @param mean {@code [width]}
   * @param basis {@code [rank][width]}
   */
  public Projection(int rank, float[] mean, float[] basis) {
    width = mean.length;
    this.rank = rank;
    if (rank < 1 || rank > width || basis.length != rank * width) {
      throw new IllegalArgumentException(
          "rank 1 to %d and %d values needed, %d and %d given"
              .formatted(width, rank * width, rank, basis.length));
    }
    this.mean = mean.clone();
    this.basis = basis.clone();
  }

  /** Keeps the first {@code rank} values and drops the others. */
  public static Projection truncation(int width, int rank) {
    float[] basis = new float[rank * width];
    for (int i = 0; i < rank; i++) {
      basis[i * width + i] = 1;
    }
    return new Projection(rank, new float[width], basis);
  }

  public int width() {
    return width;
  }

  public int rank() {
    return rank;
  }

  /** A copy of {@code m}. */
  public float[] mean() {
    return mean.clone();
  }

  /** A copy of {@code B}, {@code [rank][width]}. */
  public float[] basis() {
    return basis.clone();
  }

  /**
   * @param latent receives {@code rank} values
   */
  public void down(float[] x, int at, float[] latent) {
    for (int j = 0; j < rank; j++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += (double) basis[j * width + i] * ((double) x[at + i] - mean[i]);
      }
      latent[j] = (float) sum;
    }
  }

  /** Values {@code first ... first + count - 1} of what a latent stands for. */
  public void up(float[] latent, int from, int first, int count, float[] to, int at) {
    System.arraycopy(mean, first, to, at, count);
    for (int j = 0; j < rank; j++) {
      float factor = latent[from + j];
      int row = j * width + first;
      for (int i = 0; i < count; i++) {
        to[at + i] += factor * basis[row + i];
      }
    }
  }
}
