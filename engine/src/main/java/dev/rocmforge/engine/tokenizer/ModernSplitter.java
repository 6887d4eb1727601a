package dev.rocmforge.engine.tokenizer;

/**
 * The pattern of Llama 3 and Qwen 2, which differ in the longest run of digits:
 *
 * <pre>
 * (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N}{1,maxDigits}
 *   |  ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
 * </pre>
 */
record ModernSplitter(int maxDigits) implements Splitter {
  @Override
  public int next(String text, int start) {
    int end = Splitter.contraction(text, start, true);
    if (end > start) {
      return end;
    }
    int c = text.codePointAt(start);
    byte type = CharacterClass.of(c);
    int after = start + Character.charCount(c);
    if (type == CharacterClass.LETTER) {
      return Splitter.run(text, after, CharacterClass.LETTER);
    }
    if (type == CharacterClass.NUMBER) {
      return digits(text, after);
    }
    if (type != CharacterClass.BREAK) {
      end = Splitter.run(text, after, CharacterClass.LETTER);
      if (end > after) {
        return end;
      }
    }
    int symbols = c == ' ' ? after : start;
    end = Splitter.symbolRun(text, symbols);
    if (end > symbols) {
      return Splitter.run(text, end, CharacterClass.BREAK);
    }
    return white(text, start);
  }

  private int digits(String text, int from) {
    int end = from;
    for (int n = 1; n < maxDigits && end < text.length(); n++) {
      int c = text.codePointAt(end);
      if (CharacterClass.of(c) != CharacterClass.NUMBER) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  private static int white(String text, int start) {
    int end = Splitter.whiteRun(text, start);
    for (int i = end; i > start; i--) {
      if (CharacterClass.of(text.charAt(i - 1)) == CharacterClass.BREAK) {
        return i;
      }
    }
    // The last white space before a word stays with the word.
    return end < text.length() && end - start > 1 ? end - 1 : end;
  }
}
