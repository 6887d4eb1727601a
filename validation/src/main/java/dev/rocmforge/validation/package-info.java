/**
 * Is it right? Kernels against a readable reference, models against recorded logits, and whether
 * this machine is fit for measuring.
 *
 * <p>May use the engine and the reports; knows nothing of the command line.
 */
package dev.rocmforge.validation;
