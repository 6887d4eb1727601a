/** The Vector API backend. The only package that imports jdk.incubator.vector. */
package dev.rocmforge.engine.cpu.vector;
