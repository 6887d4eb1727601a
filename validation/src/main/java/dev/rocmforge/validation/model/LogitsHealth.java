package dev.rocmforge.validation.model;

/**
 * Whether logits can be sampled from.
 *
 * @param count how many there are
 * @param nans how many are NaN
 * @param infinities how many are infinite
 * @param minimum of the finite ones; NaN where there are none
 * @param maximum of the finite ones; NaN where there are none
 * @param mean of the finite ones; NaN where there are none
 */
public record LogitsHealth(
    int count, int nans, int infinities, double minimum, double maximum, double mean) {

  /** Looks at one row of logits. */
  public static LogitsHealth of(float[] logits) {
    int nans = 0;
    int infinities = 0;
    int finite = 0;
    double sum = 0;
    double minimum = Double.NaN;
    double maximum = Double.NaN;
    for (float logit : logits) {
      if (Float.isNaN(logit)) {
        nans++;
      } else if (Float.isInfinite(logit)) {
        infinities++;
      } else {
        minimum = finite == 0 ? logit : Math.min(minimum, logit);
        maximum = finite == 0 ? logit : Math.max(maximum, logit);
        sum += logit;
        finite++;
      }
    }
    return new LogitsHealth(
        logits.length, nans, infinities, minimum, maximum, finite == 0 ? Double.NaN : sum / finite);
  }

  /** Whether all are finite, and there are any. */
  public boolean finite() {
    return count > 0 && nans == 0 && infinities == 0;
  }
}
