/**
 * Micro benchmarks under JMH, and their results as records.
 *
 * <p>Every class measures one kind of operation on real shapes, names the values of its parameters,
 * and proves that its variants agree; the same proof is a test and part of every run.
 */
package dev.rocmforge.bench.jmh;
