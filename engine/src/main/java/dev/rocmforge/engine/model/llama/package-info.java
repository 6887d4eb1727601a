/** The Llama family of dense transformers. Reads files; runs nothing. */
package dev.rocmforge.engine.model.llama;
