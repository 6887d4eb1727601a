package dev.rocmforge.engine.tokenizer;

/**
 * How text becomes ids.
 *
 * @param addSpecial put the beginning-of-sequence id in front and the end-of-sequence id behind
 *     when the model's {@code add_bos_token} and {@code add_eos_token} say so
 * @param parseSpecial read the text of control tokens such as {@code <|im_end|>} as those tokens;
 *     when off only user-defined tokens are read so, and control tokens in the text stay plain text
 */
public record EncodeOptions(boolean addSpecial, boolean parseSpecial) {
  /** A raw prompt: the model's own begin and end ids, special tokens read. */
  public static final EncodeOptions PROMPT = new EncodeOptions(true, true);

  /** A rendered chat template, which spells its special tokens itself. */
  public static final EncodeOptions RENDERED = new EncodeOptions(false, true);

  /** Untrusted or measured text: nothing added, no control token read. */
  public static final EncodeOptions PLAIN = new EncodeOptions(false, false);
}
