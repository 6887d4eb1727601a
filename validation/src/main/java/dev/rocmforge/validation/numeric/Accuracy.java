package dev.rocmforge.validation.numeric;

/**
 * What a comparison with a reference measured.
 *
 * @param nmse normalized mean squared error
 * @param relativeL2 its square root
 * @param maxUlp largest distance in f32 units in the last place
 * @param boundShare largest error as a share of the element's analytic bound; passes up to 1
 */
public record Accuracy(double nmse, double relativeL2, double maxUlp, double boundShare) {}
