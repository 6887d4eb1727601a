package dev.rocmforge.bench.jmh;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.validation.numeric.Nmse;
import java.util.ArrayList;
import java.util.List;

/** Collects how far the variants of one benchmark class are apart. Used once. */
final class Agreement {
  private final String name;
  private final double bound;
  private final List<String> failures = new ArrayList<>();
  private double worst;
  private int compared;

  /**
   * @param bound largest relative L2 distance that is still agreement
   */
  Agreement(String name, double bound) {
    this.name = name;
    this.bound = bound;
  }

  void compare(String variant, float[] reference, float[] measured) {
    double[] wide = new double[reference.length];
    double[] other = new double[measured.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = reference[i];
      other[i] = measured[i];
    }
    compare(variant, wide, other);
  }

  void compare(String variant, double[] reference, double[] measured) {
    var error = new Nmse();
    double size = 0;
    for (int i = 0; i < reference.length; i++) {
      error.add(reference[i], measured[i]);
      size += Math.abs(reference[i]);
    }
    compared++;
    double distance = error.relativeL2();
    // NaN must fail, and so must a reference of nothing.
    if (!(distance <= bound) || size == 0 || reference.length != measured.length) {
      failures.add("%s: %.3g".formatted(variant, distance));
    }
    worst = Double.isNaN(distance) ? distance : Math.max(worst, distance);
  }

  /** An exact comparison. */
  void same(String variant, Object reference, Object measured) {
    compared++;
    if (!reference.equals(measured)) {
      failures.add("%s: %s, not %s".formatted(variant, measured, reference));
    }
  }

  CheckRecord verdict() {
    if (compared == 0) {
      throw new AssertionError(name + ": nothing was compared");
    }
    List<Figure> figures = List.of(Figure.atMost("relative L2 distance", worst, bound));
    String check = name + ": " + compared + " comparisons of variants";
    return failures.isEmpty()
        ? CheckRecord.passed(check, figures)
        : CheckRecord.failed(check, String.join("; ", failures), figures);
  }
}
