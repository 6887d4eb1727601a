package dev.rocmforge.engine.gpu;

/**
 * Activations as signed bytes.
 *
 * @param bytes {@code [columns]}
 * @param scales {@code [columns / 32][2]} f32: step, and step times the sum of the bytes
 */
record Q8Slice(Slice bytes, Slice scales) {}
