package dev.rocmforge.engine.tokenizer;

/**
 * The pattern of GPT-2 and the two that cut something out before it:
 *
 * <pre>
 * 's|'t|'re|'ve|'m|'ll|'d |  ?\p{L}+ |  ?\p{N}+ |  ?[^\s\p{L}\p{N}]+ | \s+(?!\S) | \s+
 * </pre>
 */
enum ClassicSplitter implements Splitter {
  /** The pattern alone. */
  GPT_2,
  /** Every {@code \p{N}} is cut out first, and the pattern sees the text between. */
  SINGLE_DIGITS,
  /**
   * Runs of {@code [\p{P}$+<=>^~|]} are cut out first; then the pattern; then numbers are cut from
   * the space before them and into threes of ASCII digits.
   */
  PUNCTUATION_APART;

  @Override
  public int next(String text, int start) {
    int c = text.codePointAt(start);
    byte type = CharacterClass.of(c);
    if (cut(type)) {
      int after = start + Character.charCount(c);
      return type == CharacterClass.PUNCTUATION
          ? Splitter.run(text, after, type)
          : this == SINGLE_DIGITS ? after : threes(text, start);
    }
    int end = Splitter.contraction(text, start, false);
    if (end > start) {
      return end;
    }
    int word = c == ' ' && start + 1 < text.length() ? start + 1 : start;
    byte wordType = CharacterClass.of(text.codePointAt(word));
    if (!CharacterClass.white(wordType) && !cut(wordType)) {
      return word(text, word, wordType);
    }
    return white(text, start);
  }

  /** True if characters of this class never share a piece with others. */
  private boolean cut(byte type) {
    return switch (this) {
      case GPT_2 -> false;
      case SINGLE_DIGITS -> type == CharacterClass.NUMBER;
      case PUNCTUATION_APART -> type == CharacterClass.PUNCTUATION || type == CharacterClass.NUMBER;
    };
  }

  private int word(String text, int from, byte type) {
    boolean symbol = type == CharacterClass.OTHER || type == CharacterClass.PUNCTUATION;
    return symbol && this != PUNCTUATION_APART
        ? Splitter.symbolRun(text, from)
        : Splitter.run(text, from, type);
  }

  private int white(String text, int start) {
    int end = Splitter.whiteRun(text, start);
    if (end == text.length() || end - start == 1) {
      return end;
    }
    byte next = CharacterClass.of(text.codePointAt(end));
    // What was cut out beforehand ends the text that the pattern sees: there the run stays whole.
    boolean textEnds =
        this == SINGLE_DIGITS
            ? next == CharacterClass.NUMBER
            : this == PUNCTUATION_APART && next == CharacterClass.PUNCTUATION;
    return textEnds ? end : end - 1;
  }

  private static int threes(String text, int start) {
    int end = start;
    while (end < text.length()) {
      if (end + 3 <= text.length()
          && digit(text, end)
          && digit(text, end + 1)
          && digit(text, end + 2)) {
        return end == start ? start + 3 : end;
      }
      int c = text.codePointAt(end);
      if (CharacterClass.of(c) != CharacterClass.NUMBER) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  private static boolean digit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }
}
