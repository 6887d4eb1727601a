/**
 * Charts as SVG text. JFreeChart scales and draws, and is imported here alone; every letter is
 * placed by its anchor, never by measured widths, so that the same data give the same bytes
 * whatever fonts a machine has. Colours are variables of the page around, with fallbacks.
 */
package dev.rocmforge.reports.chart;
