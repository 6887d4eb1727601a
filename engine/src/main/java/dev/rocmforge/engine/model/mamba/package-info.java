/** The Mamba family of selective state-space models. Reads files; runs nothing. */
package dev.rocmforge.engine.model.mamba;
