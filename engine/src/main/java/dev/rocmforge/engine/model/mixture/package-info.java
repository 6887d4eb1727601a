/**
 * The mixture-of-experts families qwen2moe and qwen3moe. Reads files; runs nothing.
 *
 * <p>Knows this family alone; what families share lies one package up.
 */
package dev.rocmforge.engine.model.mixture;
