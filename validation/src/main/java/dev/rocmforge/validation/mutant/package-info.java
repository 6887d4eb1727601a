/**
 * Proof of the checks' own power: faults planted in kernels and references, each of which the suite
 * must see.
 *
 * <p>A fault runs in a process of its own, since it may end it. What starts that process belongs to
 * the command line.
 */
package dev.rocmforge.validation.mutant;
