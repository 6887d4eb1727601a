/**
 * Sessions on a GPU through {@code engine.hip}: weights in planes on the device, one launcher an
 * operation, programs of launches for one token and for a batch, the decode graph. What a buffer is
 * for and how large it is stands in {@link dev.rocmforge.engine.gpu.GpuMemoryPlan} before anything
 * is allocated. Knows nothing of environment variables, routing or budgets.
 */
package dev.rocmforge.engine.gpu;
