/**
 * How far numbers are from a reference: error measures, and bounds derived from the arithmetic.
 *
 * <p>References are doubles. Nothing here knows of kernels, devices or models.
 */
package dev.rocmforge.validation.numeric;
