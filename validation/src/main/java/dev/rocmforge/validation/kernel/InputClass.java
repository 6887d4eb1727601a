package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.InputException;
import java.util.Locale;
import java.util.SplittableRandom;

/** Families of inputs; each breaks another kind of mistake. */
public enum InputClass {
  /** Standard normal values. */
  NORMAL,
  /** All zero, of both signs: scales of nothing, divisions by sums of nothing. */
  ZEROS,
  /** Below the smallest normal f32. */
  DENORMALS,
  /** Magnitudes from 2^-40 to 2^40. */
  EXTREMES,
  /** Equal magnitudes with random signs: sums cancel, signs show. */
  SIGNS,
  /** One value in each row, all others zero: a wrong index cannot hide in a sum. */
  ONE_HOT,
  /** One channel a thousand times the others, the same in each row. */
  OUTLIER;

  /** Its name in a case id. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static InputClass of(String label) {
    for (InputClass one : values()) {
      if (one.label().equals(label)) {
        return one;
      }
    }
    throw new InputException(
        "case id: input class '" + label + "': one of normal, zeros, ... needed");
  }

  /** {@code rows} rows of {@code columns} values of this class, row-major. */
  float[] values(SplittableRandom random, int rows, int columns) {
    float[] out = new float[Math.multiplyExact(rows, columns)];
    int outlier = random.nextInt(columns);
    for (int row = 0; row < rows; row++) {
      int hot = random.nextInt(columns);
      for (int column = 0; column < columns; column++) {
        float normal = (float) random.nextGaussian();
        out[row * columns + column] =
            switch (this) {
              case NORMAL -> normal;
              case ZEROS -> normal < 0 ? -0.0f : 0.0f;
              case DENORMALS -> normal * 0x1p-130f;
              case EXTREMES -> Math.scalb(normal, random.nextInt(-40, 41));
              case SIGNS -> normal < 0 ? -1.5f : 1.5f;
              case ONE_HOT -> column == hot ? 1 + Math.abs(normal) : 0;
              case OUTLIER -> column == outlier ? normal * 1000 : normal;
            };
      }
    }
    return out;
  }
}
