package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.compress.Projection;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * Means and covariances of keys, as they go into the cache, and of values over a text, and the
 * principal axes of both. One thread.
 */
public final class KvCalibration implements Probe {
  private final List<Moments> keys = new ArrayList<>();
  private final List<Moments> values = new ArrayList<>();

  /** First and second moments, added up in the order of the text. */
  private static final class Moments {
    private final double[] sums;
    private final double[][] products;
    private long rows;

    Moments(int width) {
      sums = new double[width];
      products = new double[width][width];
    }

    void add(float[] x, int at) {
      for (int i = 0; i < sums.length; i++) {
        double value = x[at + i];
        sums[i] += value;
        for (int j = 0; j <= i; j++) {
          products[i][j] += value * x[at + j];
        }
      }
      rows++;
    }

    /** Directions of the largest variance, largest first. */
    Projection axes(int rank) {
      int width = sums.length;
      float[] mean = new float[width];
      double[][] covariance = new double[width][width];
      for (int i = 0; i < width; i++) {
        mean[i] = (float) (sums[i] / rows);
        for (int j = 0; j <= i; j++) {
          covariance[i][j] = products[i][j] / rows - sums[i] / rows * (sums[j] / rows);
          covariance[j][i] = covariance[i][j];
        }
      }
      var eigen = new EigenDecomposition(new Array2DRowRealMatrix(covariance, false));
      float[] basis = new float[rank * width];
      for (int k = 0; k < rank; k++) {
        double[] axis = eigen.getEigenvector(k).toArray();
        for (int i = 0; i < width; i++) {
          basis[k * width + i] = (float) axis[i];
        }
      }
      return new Projection(rank, mean, basis);
    }
  }

  @Override
  public void observe(Stage stage, int layer, float[] x, int rows, int cols, int firstPosition) {
    List<Moments> side =
        switch (stage) {
          case ROTATED_KEY -> keys;
          case VALUE -> values;
          default -> null;
        };
    if (side == null) {
      return;
    }
    while (side.size() <= layer) {
      side.add(new Moments(cols));
    }
    for (int row = 0; row < rows; row++) {
      side.get(layer).add(x, row * cols);
    }
  }

  /**
   * The projections of every layer.
   *
   * @throws InputException if no more positions than directions were seen, or there are fewer
   *     values than directions
   */
  public KvLatent fit(int rank) {
    if (keys.isEmpty() || keys.getFirst().rows <= rank) {
      throw new InputException(
          "calibration: more than %d positions needed for as many directions, %d seen"
              .formatted(rank, keys.isEmpty() ? 0 : keys.getFirst().rows));
    }
    int width = Math.min(keys.getFirst().sums.length, values.getFirst().sums.length);
    if (rank > width) {
      throw new InputException(
          "calibration: at most %d directions, as many as keys have values; %d asked for"
              .formatted(width, rank));
    }
    List<KvLatent.Layer> layers = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      layers.add(new KvLatent.Layer(keys.get(i).axes(rank), values.get(i).axes(rank)));
    }
    return new KvLatent(layers);
  }
}
