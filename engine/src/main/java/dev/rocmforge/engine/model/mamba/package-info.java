/**
 * The Mamba family of selective state-space models. Reads files; runs nothing.
 *
 * <p>Knows this family alone; what families share lies one package up.
 */
package dev.rocmforge.engine.model.mamba;
