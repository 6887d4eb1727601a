package dev.rocmforge.reports.stats;

/**
 * A run from which on a history is another one.
 *
 * @param index of the first run after the change, 0-based
 * @param pValue of the permutation test
 * @param ratio time after it over that before, up to the next change points; above 1 is slower
 */
public record ChangePoint(int index, double pValue, Interval ratio) {}
