package dev.rocmforge.engine.tokenizer;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Byte-level BPE of one model: text to ids and back. Immutable, shared between threads. */
@SuppressWarnings("DoNotCallSuggester")
public final class Tokenizer {
  private Tokenizer() {}

  /**
   * Builds the tokenizer.
   *
   * @throws dev.rocmforge.engine.InputException if the vocabulary is of another kind than
   *     byte-level BPE, its pre-tokenizer is unknown or its tables contradict each other
   */
  public static Tokenizer of(Vocabulary vocabulary) {
    throw new UnsupportedOperationException(vocabulary.model());
  }

  /** Number of ids. */
  public int size() {
    throw new UnsupportedOperationException();
  }

  /** Ids of a text. */
  public int[] encode(String text, EncodeOptions options) {
    throw new UnsupportedOperationException();
  }

  /** Text of ids, control tokens spelled out; invalid UTF-8 becomes U+FFFD. */
  public String decode(int[] ids) {
    throw new UnsupportedOperationException();
  }

  /** A fresh stream; {@code controlText} spells control tokens out instead of leaving them out. */
  public TokenStream stream(boolean controlText) {
    return new TokenStream(this, controlText);
  }

  /** The bytes that an id stands for; of a control token, its spelling. */
  public byte[] bytes(int id) {
    throw new UnsupportedOperationException();
  }

  /** The id whose entry is exactly this text, for example {@code <|im_end|>}. */
  public OptionalInt idOf(String token) {
    throw new UnsupportedOperationException();
  }

  /** Beginning of sequence. */
  public OptionalInt bosId() {
    throw new UnsupportedOperationException();
  }

  /** End of sequence. */
  public OptionalInt eosId() {
    throw new UnsupportedOperationException();
  }

  /** True if {@link EncodeOptions#addSpecial} puts {@link #bosId} in front. */
  public boolean addsBos() {
    throw new UnsupportedOperationException();
  }

  /** True if {@link EncodeOptions#addSpecial} puts {@link #eosId} behind. */
  public boolean addsEos() {
    throw new UnsupportedOperationException();
  }

  /** Ids that end a generation: end of sequence, of turn, of message. */
  public Set<Integer> endOfGenerationIds() {
    throw new UnsupportedOperationException();
  }

  /** True if the id ends a generation. */
  public boolean endsGeneration(int id) {
    return endOfGenerationIds().contains(id);
  }

  /** What a caller should print about this tokenizer, for example an unstated pre-tokenizer. */
  public Optional<String> warning() {
    throw new UnsupportedOperationException();
  }
}
