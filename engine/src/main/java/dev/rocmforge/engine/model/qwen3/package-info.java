/**
 * The Qwen3 family of dense transformers. Reads files; runs nothing.
 *
 * <p>Knows this family alone; what families share lies one package up.
 */
package dev.rocmforge.engine.model.qwen3;
