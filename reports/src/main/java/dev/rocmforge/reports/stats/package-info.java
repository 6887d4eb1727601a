/**
 * Statistics on raw samples: medians, intervals, comparisons, the warm-up rule and the verdict
 * words. Pure and deterministic: random steps take a fixed seed, so a report can be remade years
 * later with the same bytes. Classical formulas come from commons-math.
 */
package dev.rocmforge.reports.stats;
