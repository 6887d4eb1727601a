package dev.rocmforge.engine.tokenizer;

/**
 * The byte-level alphabet of GPT-2's vocabulary files: every byte is written as one printable
 * character. Printable Latin-1 bytes stand for themselves; the other 68 follow from U+0100 on in
 * ascending order (Radford et al. 2019, the published encoder).
 */
final class ByteAlphabet {
  private static final char[] TO_CHAR = new char[256];
  private static final short[] TO_BYTE = new short[0x144];

  static {
    java.util.Arrays.fill(TO_BYTE, (short) -1);
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
      TO_CHAR[b] = printable ? (char) b : next++;
      TO_BYTE[TO_CHAR[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  static char letter(int unsignedByte) {
    return TO_CHAR[unsignedByte];
  }

  /** The byte of a letter, or -1 if the character is not in the alphabet. */
  static int unsignedByte(char letter) {
    return letter < TO_BYTE.length ? TO_BYTE[letter] : -1;
  }
}
