package dev.rocmforge.engine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns ids into text one at a time and never gives out half a character: the incomplete tail of
 * one token waits for the next. Bytes that can no longer become a character are given out as
 * U+FFFD. One stream, one thread.
 */
public final class TokenStream {
  private final Tokenizer tokenizer;
  private final boolean controlText;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer waiting = ByteBuffer.allocate(64);

  TokenStream(Tokenizer tokenizer, boolean controlText) {
    this.tokenizer = tokenizer;
    this.controlText = controlText;
  }

  /** Adds a token and returns the text that is complete now, often empty. */
  public String append(int id) {
    if (!controlText && tokenizer.isControl(id)) {
      return "";
    }
    byte[] bytes = tokenizer.bytes(id);
    if (waiting.remaining() < bytes.length) {
      ByteBuffer larger = ByteBuffer.allocate(waiting.position() + bytes.length + 64);
      waiting = larger.put(waiting.flip());
    }
    return decode(waiting.put(bytes), false);
  }

  /** Ends the stream: what is still incomplete becomes U+FFFD. The stream can be used again. */
  public String flush() {
    String rest = decode(waiting, true);
    decoder.reset();
    return rest;
  }

  private String decode(ByteBuffer bytes, boolean end) {
    bytes.flip();
    CharBuffer text = CharBuffer.allocate(bytes.remaining() + 1);
    decoder.decode(bytes, text, end);
    bytes.compact();
    return text.flip().toString();
  }
}
