/**
 * The Vector API backend. The only package that imports jdk.incubator.vector; the readable
 * reference it is checked against is the scalar one, which must not use it.
 */
package dev.rocmforge.engine.cpu.vector;
