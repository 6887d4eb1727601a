/**
 * Text to token ids and back, from the model's own metadata: byte-level BPE, pre-tokenizers,
 * special tokens, streaming UTF-8, chat templates.
 */
package dev.rocmforge.engine.tokenizer;
