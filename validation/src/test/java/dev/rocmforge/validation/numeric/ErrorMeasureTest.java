package dev.rocmforge.validation.numeric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The measures on values worked out by hand. */
class ErrorMeasureTest {
  @Test
  void ulpsAreStepsOfF32() {
    assertEquals(0, Ulp.between(1, 1));
    assertEquals(1, Ulp.between(1, Math.nextUp(1f)));
    assertEquals(2, Ulp.between(-Float.MIN_VALUE, Float.MIN_VALUE));
    assertEquals(0, Ulp.between(0.0, -0.0f));
    assertEquals(0, Ulp.between(Double.NaN, Float.NaN));
    assertEquals(Long.MAX_VALUE, Ulp.between(1, Float.NaN));
  }

  @Test
  void nmseIsErrorSquaresOverReferenceSquares() {
    Nmse nmse = new Nmse();
    nmse.add(3, 3.5);
    nmse.add(-4, -4);
    assertEquals(0.01, nmse.value(), 1e-15);
    assertEquals(0.1, nmse.relativeL2(), 1e-15);
  }

  @Test
  void aSumThatCancelsIsMeasuredByItsTerms() {
    // 3 + 4 - 7 with a tenth of the root of 74 missed.
    Nmse cancelled = new Nmse();
    cancelled.add(0, Math.sqrt(0.74), Math.sqrt(74));
    assertEquals(Double.POSITIVE_INFINITY, cancelled.value());
    assertEquals(0.01, cancelled.valueOfTerms(), 1e-15);
    Nmse aligned = new Nmse();
    aligned.add(7, 7.7, 5);
    assertEquals(0.01, aligned.valueOfTerms(), 1e-15);
    aligned.add(1e6, 1e6, 1e6);
    assertEquals(0.49e-12, aligned.valueOfTerms(), 1e-20);
  }

  @Test
  void nmseOfZerosIsZeroOrInfinite() {
    assertEquals(0, new Nmse().value());
    Nmse missed = new Nmse();
    missed.add(0, 2);
    assertEquals(Double.POSITIVE_INFINITY, missed.value());
    Nmse spoilt = new Nmse();
    spoilt.add(1, Double.NaN);
    assertEquals(Double.NaN, spoilt.value());
  }

  @Test
  void hugeValuesNeitherOverflowNorVanish() {
    Nmse nmse = new Nmse();
    nmse.add(1e200, 1.1e200);
    nmse.add(1e-200, 1e-200);
    assertEquals(0.01, nmse.value(), 1e-12);
  }

  @Test
  void gammaGrowsAlittleFasterThanItsCount() {
    assertEquals(0x1p-24, RoundingBound.gamma(1), 1e-14);
    assertEquals(1000 * 0x1p-24, RoundingBound.gamma(1000), 1e-8);
  }
}
