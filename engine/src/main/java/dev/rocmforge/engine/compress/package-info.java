/**
 * Forms of a weight matrix that are not blocks of a type: sparse rows, a product of two thin
 * matrices, rows rotated by a Hadamard matrix. How to make each from a dense matrix and how to
 * multiply with it; how files store them is {@link dev.rocmforge.engine.rfm}'s.
 */
package dev.rocmforge.engine.compress;
