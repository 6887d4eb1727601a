package dev.rocmforge.engine.model;

/**
 * What every part of the engine needs to know about a model besides its weights: plain data, the
 * same for every backend.
 *
 * @param architecture {@code general.architecture} as in the file
 * @param name {@code general.name}, or the architecture when the file has none
 * @param vocabularySize rows of the embedding table and of the output head
 * @param contextLength tokens the model was made for
 * @param embeddingLength width of the residual stream
 * @param layerCount number of blocks
 * @param normEpsilon added to the mean square in every RMS norm
 * @param blocks what a block is made of
 */
public record ModelConfig(
    String architecture,
    String name,
    int vocabularySize,
    int contextLength,
    int embeddingLength,
    int layerCount,
    float normEpsilon,
    Blocks blocks) {}
