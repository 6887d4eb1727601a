package dev.rocmforge.engine.tokenizer;

/** The kinds of {@code tokenizer.ggml.token_type}, numbered from 1 in this order. */
public enum TokenType {
  NORMAL,
  UNKNOWN,
  CONTROL,
  USER_DEFINED,
  UNUSED,
  BYTE
}
