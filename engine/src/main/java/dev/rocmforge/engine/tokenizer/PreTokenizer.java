package dev.rocmforge.engine.tokenizer;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;
import java.util.List;

/** The table of pre-tokenizers by the names that {@code tokenizer.ggml.pre} gives them. */
@SuppressWarnings("ImmutableEnumChecker") // splitters are stateless, the lists made by List.of
enum PreTokenizer {
  /** Qwen 2, 2.5 and 3: NFC, digits one by one. */
  QWEN2(new ModernSplitter(1), true, false, List.of("qwen2", "deepseek-r1-qwen", "megrez")),
  /** Llama 3: digits in threes; a piece that is a token as a whole is not merged up. */
  LLAMA_BPE(
      new ModernSplitter(3),
      false,
      true,
      List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "lfm2")),
  /** SmolLM and StarCoder: digits one by one before GPT-2's pattern. */
  SMOLLM(
      ClassicSplitter.SINGLE_DIGITS,
      false,
      false,
      List.of("smollm", "starcoder", "refact", "codeshell")),
  /** GPT-2. */
  GPT_2(ClassicSplitter.GPT_2, false, false, List.of("gpt-2", "gpt2", "phi-2", "olmo", "mpt")),
  /** What files that state no other name were cut with. */
  DEFAULT(ClassicSplitter.PUNCTUATION_APART, false, false, List.of("default"));

  private final Splitter splitter;
  private final boolean normalises;
  private final boolean wholeWords;
  private final List<String> names;

  PreTokenizer(Splitter splitter, boolean normalises, boolean wholeWords, List<String> names) {
    this.splitter = splitter;
    this.normalises = normalises;
    this.wholeWords = wholeWords;
    this.names = names;
  }

  /**
   * @throws InputException if no row has the name
   */
  static PreTokenizer named(String name, String source) {
    return Arrays.stream(values())
        .filter(row -> row.names.contains(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    source
                        + ": tokenizer.ggml.pre is \""
                        + name
                        + "\"; known are "
                        + String.join(
                            ", ",
                            Arrays.stream(values()).flatMap(row -> row.names.stream()).toList())));
  }

  Splitter splitter() {
    return splitter;
  }

  /** Text is brought to Unicode's form NFC first. */
  boolean normalises() {
    return normalises;
  }

  /** A piece that is in the vocabulary becomes that id even where merging would not get there. */
  boolean wholeWords() {
    return wholeWords;
  }

  /** Whether a beginning-of-sequence id is added when the file does not say. */
  boolean addsBosByDefault() {
    return this == LLAMA_BPE;
  }
}
