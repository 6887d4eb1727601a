package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import java.util.ArrayList;
import java.util.List;

/** Variances of a stage's values, each about its mean, and of their differences by position. */
final class Differences implements Probe {
  private final Stage stage;
  private final List<double[]> sums = new ArrayList<>();
  private final List<double[]> squares = new ArrayList<>();
  private final List<double[]> differences = new ArrayList<>();
  private final List<long[]> counts = new ArrayList<>();

  Differences(Stage stage) {
    this.stage = stage;
  }

  @Override
  public void observe(Stage at, int layer, float[] x, int rows, int cols, int firstPosition) {
    if (at != stage) {
      return;
    }
    while (sums.size() <= layer) {
      sums.add(new double[cols]);
      squares.add(new double[cols]);
      differences.add(new double[cols]);
      counts.add(new long[2]);
    }
    for (int row = 0; row < rows; row++) {
      counts.get(layer)[0]++;
      counts.get(layer)[1] += row > 0 ? 1 : 0;
      for (int i = 0; i < cols; i++) {
        double value = x[row * cols + i];
        sums.get(layer)[i] += value;
        squares.get(layer)[i] += value * value;
        if (row > 0) {
          differences.get(layer)[i] += Math.pow(value - x[(row - 1) * cols + i], 2);
        }
      }
    }
  }

  /** Bits a value that differences would save at equal error, by their variances; mean of all. */
  double bitsSaved() {
    double bits = 0;
    int values = 0;
    for (int layer = 0; layer < sums.size(); layer++) {
      double[] sum = sums.get(layer);
      long rows = counts.get(layer)[0];
      for (int i = 0; i < sum.length; i++) {
        double variance = squares.get(layer)[i] / rows - sum[i] / rows * (sum[i] / rows);
        double apart = differences.get(layer)[i] / counts.get(layer)[1];
        bits += Math.log(variance / apart) / Math.log(2) / 2;
        values++;
      }
    }
    return bits / values;
  }
}
