package dev.rocmforge.engine.speculative;

import java.util.Arrays;

/** The tokens of a text, prompt and generation, as they come. Grows; never shrinks. */
public final class TokenText {
  private int[] tokens;
  private int size;

  /** The prompt. */
  public TokenText(int[] prompt) {
    tokens = prompt.clone();
    size = prompt.length;
  }

  public int size() {
    return size;
  }

  public int get(int index) {
    return tokens[index];
  }

  /** Tokens {@code from} to the end. */
  int[] from(int from) {
    return Arrays.copyOfRange(tokens, from, size);
  }

  void add(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(64, 2 * size));
    }
    tokens[size++] = token;
  }
}
