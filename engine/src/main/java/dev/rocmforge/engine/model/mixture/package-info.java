/** The mixture-of-experts families qwen2moe and qwen3moe. Reads files; runs nothing. */
package dev.rocmforge.engine.model.mixture;
