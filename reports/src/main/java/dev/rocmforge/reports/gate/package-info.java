/**
 * The gate: rows of a candidate judged against those of a baseline, each with a verdict and what it
 * could have found, and the gate's own test, which plants changes and counts what it finds. The
 * judging is a pure function of records and settings; the baseline is a folder of them. Processes
 * and exit codes are the command line's.
 */
package dev.rocmforge.reports.gate;
