package dev.rocmforge.engine.synthetic;

import dev.rocmforge.engine.gguf.GgufValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A byte-level vocabulary of any size that a tokenizer can use: all 256 bytes, a few merges and
 * their products, made-up words, and three control tokens at the end. Any text can be encoded, any
 * token decoded; the words are never reached by encoding.
 */
final class SyntheticVocabulary {
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final List<String> CONTROLS =
      List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  /** Pairs of English letters; {@code \u0120} is the space of byte-level alphabets. */
  private static final List<String> MERGES =
      List.of(
          "\u0120 t",
          "h e",
          "\u0120 a",
          "i n",
          "r e",
          "o n",
          "\u0120t he",
          "e r",
          "\u0120 s",
          "a t",
          "\u0120 w",
          "\u0120 o",
          "e n",
          "\u0120 c",
          "i t",
          "i s",
          "a n",
          "o r",
          "e s",
          "\u0120 b",
          "e d",
          "\u0120 f",
          "in g",
          "\u0120 p");

  private SyntheticVocabulary() {}

  /** Adds the {@code tokenizer.} pairs. */
  static void put(Map<String, GgufValue> metadata, String preTokenizer, int size) {
    List<String> tokens = tokens(size);
    int[] types = new int[size];
    Arrays.fill(types, NORMAL);
    Arrays.fill(types, size - CONTROLS.size(), size, CONTROL);
    metadata.put("tokenizer.ggml.model", GgufValue.of("gpt2"));
    metadata.put("tokenizer.ggml.pre", GgufValue.of(preTokenizer));
    metadata.put("tokenizer.ggml.tokens", GgufValue.of(tokens));
    metadata.put("tokenizer.ggml.token_type", GgufValue.of(types));
    metadata.put("tokenizer.ggml.merges", GgufValue.of(MERGES));
    metadata.put("tokenizer.ggml.bos_token_id", GgufValue.of(size - 3));
    metadata.put("tokenizer.ggml.eos_token_id", GgufValue.of(size - 1));
    metadata.put("tokenizer.ggml.add_bos_token", GgufValue.of(false));
  }

  /** {@code size} different tokens. */
  static List<String> tokens(int size) {
    Set<String> tokens = new LinkedHashSet<>(byteAlphabet());
    MERGES.forEach(merge -> tokens.add(merge.replace(" ", "")));
    for (int i = 0; tokens.size() < size - CONTROLS.size(); i++) {
      tokens.add("\u0120" + word(i));
    }
    tokens.addAll(CONTROLS);
    assert tokens.size() == size : size + " tokens wanted, " + tokens.size();
    return new ArrayList<>(tokens);
  }

  /** Syllables of a consonant and a vowel, a digit of base 100 each, at least two. */
  private static String word(int number) {
    String consonants = "bcdfghjklmnprstvwxyz";
    String vowels = "aeiou";
    StringBuilder word = new StringBuilder();
    int rest = number;
    for (int syllable = 0; syllable < 2 || rest > 0; syllable++) {
      word.append(consonants.charAt(rest % 20)).append(vowels.charAt(rest / 20 % 5));
      rest /= 100;
    }
    return word.toString();
  }

  /**
   * The printable character of each byte in byte-level vocabularies: itself where Latin-1 has a
   * visible one, else the next free one from U+0100 on.
   */
  private static List<String> byteAlphabet() {
    List<String> alphabet = new ArrayList<>(256);
    int free = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean visible = (b > 0x20 && b < 0x7F) || (b > 0xA0 && b != 0xAD);
      alphabet.add(Character.toString(visible ? b : free++));
    }
    return alphabet;
  }
}
