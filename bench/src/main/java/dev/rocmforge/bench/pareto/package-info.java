/**
 * Which form of which tensor pays: what single tensors cost, the greedy path over all of them, and
 * the measured frontier.
 *
 * <p>Everything measured goes through one file of measurements, so that a search that was
 * interrupted goes on where it was. Prints nothing.
 */
package dev.rocmforge.bench.pareto;
