/**
 * Quantizing whole models: which tensor gets which format, and the rewriting of a GGUF file. What a
 * block looks like is {@link dev.rocmforge.engine.quant}.
 */
package dev.rocmforge.engine.quantize;
