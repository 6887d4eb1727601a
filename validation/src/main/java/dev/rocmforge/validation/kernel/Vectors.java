package dev.rocmforge.validation.kernel;

/**
 * Activations as a reference sees them: rows of numbers, each with how far the kernel's own may be
 * from it (0 where the kernel reads the very same number).
 */
final class Vectors {
  private final int columns;
  private final double[] values;
  private final double[] uncertainties;
  private final double[] energies;

  Vectors(int rows, int columns) {
    this.columns = columns;
    values = new double[Math.multiplyExact(rows, columns)];
    uncertainties = new double[values.length];
    energies = new double[values.length];
  }

  /** Rows of {@code columns} numbers that begin every {@code stride} floats. */
  static Vectors exact(float[] source, int rows, int columns, int stride) {
    Vectors all = new Vectors(rows, columns);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        all.set(row, column, source[row * stride + column], 0);
      }
    }
    return all;
  }

  void set(int row, int column, double value, double uncertainty) {
    values[row * columns + column] = value;
    uncertainties[row * columns + column] = uncertainty;
    energies[row * columns + column] = value * value;
  }

  void set(int row, int column, Product.Value value) {
    set(row, column, value.value(), value.bound());
    energies[row * columns + column] = value.energy();
  }

  int rows() {
    return values.length / columns;
  }

  int columns() {
    return columns;
  }

  double value(int row, int column) {
    return values[row * columns + column];
  }

  /** The number with all that is known of it. */
  Product.Value full(int row, int column) {
    int at = row * columns + column;
    return new Product.Value(values[at], uncertainties[at], energies[at]);
  }

  double uncertainty(int row, int column) {
    return uncertainties[row * columns + column];
  }
}
