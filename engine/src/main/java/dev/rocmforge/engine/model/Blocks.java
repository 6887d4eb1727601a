package dev.rocmforge.engine.model;

/** The kind of block a model stacks; all blocks of a model are alike. */
public sealed interface Blocks permits TransformerBlocks, MambaBlocks {}
