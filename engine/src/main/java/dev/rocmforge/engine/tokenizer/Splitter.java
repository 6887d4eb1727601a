package dev.rocmforge.engine.tokenizer;

/**
 * Cuts text into the pieces that byte-pair merging never crosses. Stateless; every piece costs time
 * in proportion to its length, whatever the text.
 */
interface Splitter {
  /**
   * End of the piece that starts at {@code start}, always beyond it.
   *
   * @param start index of a char that begins a piece, below the text's length
   */
  int next(String text, int start);

  /** End of the run of code points of one class from {@code from} on. */
  static int run(String text, int from, byte type) {
    int end = from;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      if (CharacterClass.of(c) != type) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /** End of the run of white space, line breaks included, from {@code from} on. */
  static int whiteRun(String text, int from) {
    int end = from;
    // White space lies in the basic plane, so chars will do.
    while (end < text.length() && CharacterClass.white(CharacterClass.of(text.charAt(end)))) {
      end++;
    }
    return end;
  }

  /** End of the run of symbols: neither letters, numbers nor white space. */
  static int symbolRun(String text, int from) {
    int end = from;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      byte type = CharacterClass.of(c);
      if (type != CharacterClass.OTHER && type != CharacterClass.PUNCTUATION) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /**
   * End of an English contraction ({@code 's 't 're 've 'm 'll 'd}) at {@code start}, or {@code
   * start} if there is none.
   */
  static int contraction(String text, int start, boolean ignoreCase) {
    if (text.charAt(start) != '\'' || start + 1 == text.length()) {
      return start;
    }
    char first = fold(text.charAt(start + 1), ignoreCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return start + 2;
    }
    if (start + 2 < text.length()) {
      char second = fold(text.charAt(start + 2), ignoreCase);
      if ((second == 'e' && (first == 'r' || first == 'v')) || (second == 'l' && first == 'l')) {
        return start + 3;
      }
    }
    return start;
  }

  private static char fold(char c, boolean ignoreCase) {
    if (!ignoreCase) {
      return c;
    }
    // U+017F, the long s, is the one other character that Unicode folds to one of these letters.
    return c == 'ſ' ? 's' : c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
  }
}
