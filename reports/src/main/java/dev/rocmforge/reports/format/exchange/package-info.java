/**
 * Formats of other tools: run records written as they write theirs, and their files read as
 * imported figures.
 *
 * <p>A field without a counterpart is left out, none is invented. What a format cannot hold is said
 * in the imported record.
 */
package dev.rocmforge.reports.format.exchange;
