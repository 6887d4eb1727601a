package dev.rocmforge.engine.tokenizer;

/**
 * The Unicode classes that the pre-tokenizers' patterns tell apart, as one small number a code
 * point. The basic plane is a table; the rest is asked from {@link Character}.
 */
final class CharacterClass {
  /** Neither letter, number nor white space, and none of {@link #PUNCTUATION}. */
  static final byte OTHER = 0;

  /** {@code \p{L}}. */
  static final byte LETTER = 1;

  /** {@code \p{N}}. */
  static final byte NUMBER = 2;

  /** {@code \s} without line breaks: the property White_Space, which includes no-break spaces. */
  static final byte SPACE = 3;

  /** Carriage return and line feed; they count as {@code \s} too. */
  static final byte BREAK = 4;

  /** {@code [\p{P}$+<=>^~|]}: most patterns treat it as {@link #OTHER}. */
  static final byte PUNCTUATION = 5;

  private static final byte[] BASIC_PLANE = new byte[0x10000];

  static {
    for (int c = 0; c < BASIC_PLANE.length; c++) {
      BASIC_PLANE[c] = classify(c);
    }
  }

  private CharacterClass() {}

  static byte of(int codePoint) {
    return codePoint < 0x10000 ? BASIC_PLANE[codePoint] : classify(codePoint);
  }

  static boolean white(byte type) {
    return type == SPACE || type == BREAK;
  }

  private static byte classify(int c) {
    if (c == '\r' || c == '\n') {
      return BREAK;
    }
    if ((c >= 9 && c <= 12) || c == ' ' || c == 0x85) {
      return SPACE;
    }
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          PUNCTUATION;
      default -> "$+<=>^~|".indexOf(c) >= 0 ? PUNCTUATION : OTHER;
    };
  }
}
