package dev.rocmforge.validation.kernel;

/**
 * What a worst-case bound cannot see: sums of a lower precision than f32, whose errors mostly
 * cancel. On normal inputs the NMSE of an f32 result stays below u^2 times the sum's length, 1e-11
 * for thousands of terms, while sums in f16 have 1e-7 and more.
 *
 * <p>The error is set in relation to the energy of the elements' terms where that is more than the
 * elements' own: of a few elements all may nearly cancel, and then every sum has a large relative
 * error. Of many elements both are alike, so nothing is lost there.
 */
final class Grade {
  /** Between the two, a hundred times from either. */
  static final double NMSE = 1e-9;

  private Grade() {}

  /**
   * Whether the limit holds for a buffer of a case: f32 numbers computed from normal inputs, with
   * no rounding to bytes on the way.
   */
  static boolean ofSingles(KernelCase one, Trial.Slot slot) {
    return one.inputs() == InputClass.NORMAL
        && slot.element() == Element.F32
        && !slot.name().endsWith("scales")
        && !one.operation().equals("qkv_q8");
  }
}
