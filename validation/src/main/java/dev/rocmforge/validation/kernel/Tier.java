package dev.rocmforge.validation.kernel;

/** How much to check; each tier contains the one before. */
public enum Tier {
  /** A few kernels of every operation: seconds on a GPU, a minute on the emulation. */
  SMOKE,
  /** Every operation of every type on awkward shapes. */
  QUICK,
  /** Every class of inputs, launch constants, both waves, and shapes of real models. */
  FULL
}
