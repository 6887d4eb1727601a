/**
 * Records of runs, their statistics, and the pages made from them.
 *
 * <p>A report is a pure function of records. Nothing here measures, prints or knows the engine.
 */
package dev.rocmforge.reports;
