/**
 * The feature sweep of one device: every combination of kernels, graph, signed-byte activations,
 * cache, model and depth is checked and timed beside a baseline, and the evidence for each kernel
 * and architecture is put side by side. Prints nothing; returns cells, records and tables.
 */
package dev.rocmforge.bench.sweep;
