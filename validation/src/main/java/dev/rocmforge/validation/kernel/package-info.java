/**
 * Kernels against an independent reference: the one list of cases, the reference results in double
 * arithmetic with their error bounds, and the check that runs a case on a HIP device.
 *
 * <p>References are written from the formats' and papers' definitions and from the launch contract;
 * they share no code with the kernels or with the engine's own launches.
 */
package dev.rocmforge.validation.kernel;
