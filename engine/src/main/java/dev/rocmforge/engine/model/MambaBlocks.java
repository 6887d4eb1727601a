package dev.rocmforge.engine.model;

/**
 * Selective state-space blocks (Gu and Dao 2023, Mamba): projection, short causal convolution,
 * selective scan, gate, projection.
 *
 * @param innerSize channels of convolution and scan
 * @param stateSize state elements a channel
 * @param convolutionKernel taps of the convolution
 * @param timeStepRank width of the low-rank time step
 */
public record MambaBlocks(int innerSize, int stateSize, int convolutionKernel, int timeStepRank)
    implements Blocks {}
