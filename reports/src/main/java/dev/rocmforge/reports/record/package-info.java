/**
 * What one run of the harness leaves behind: immutable records of what was measured, on what, with
 * which checks, and their one JSON form.
 *
 * <p>Only raw figures live here. Rates, medians and intervals are computed from them by {@code
 * reports.stats} and never stored. Every field carries its unit in its name.
 */
package dev.rocmforge.reports.record;
