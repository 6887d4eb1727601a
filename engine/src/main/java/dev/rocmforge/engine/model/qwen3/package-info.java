/** The Qwen3 family of dense transformers. Reads files; runs nothing. */
package dev.rocmforge.engine.model.qwen3;
