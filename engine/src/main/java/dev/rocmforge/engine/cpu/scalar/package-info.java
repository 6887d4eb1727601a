/**
 * The reference backend: plain loops, double accumulators. Readable first; every faster path is
 * checked against it.
 */
package dev.rocmforge.engine.cpu.scalar;
