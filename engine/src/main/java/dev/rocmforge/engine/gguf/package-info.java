/**
 * GGUF v2 and v3: header, metadata, tensor table, split files; mapped and parsed, and written.
 * Knows the container, not what a model means.
 */
package dev.rocmforge.engine.gguf;
