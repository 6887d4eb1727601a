package dev.rocmforge.engine.tokenizer;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;
import java.util.Map;

/**
 * Ids of plain text: pieces, bytes, merges, with a memory of recent pieces (text repeats its
 * words). Scratch and memory are its own; one user at a time.
 */
final class PieceEncoder {
  private static final int SLOTS = 1 << 13;
  private static final int LONGEST_REMEMBERED = 48;

  private final Splitter splitter;
  private final boolean wholeWords;
  private final Map<String, Integer> ids;
  private final int[] byteIds;
  private final WordMerger merger;
  private final String[] pieces = new String[SLOTS];
  private final int[][] pieceIds = new int[SLOTS][];
  private int[] out = new int[256];
  private int count;

  PieceEncoder(PreTokenizer pre, Map<String, Integer> ids, int[] byteIds, MergeTable merges) {
    this.splitter = pre.splitter();
    this.wholeWords = pre.wholeWords();
    this.ids = ids;
    this.byteIds = byteIds;
    this.merger = new WordMerger(merges);
  }

  void begin() {
    count = 0;
  }

  int[] result() {
    return Arrays.copyOf(out, count);
  }

  void add(int id) {
    if (count == out.length) {
      out = Arrays.copyOf(out, count * 2);
    }
    out[count++] = id;
  }

  void addText(String text) {
    for (int start = 0, end; start < text.length(); start = end) {
      end = splitter.next(text, start);
      addPiece(text, start, end);
    }
  }

  private void addPiece(String text, int start, int end) {
    int length = end - start;
    if (length > LONGEST_REMEMBERED) {
      merge(text, start, end);
      return;
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + text.charAt(i);
    }
    int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    String known = pieces[slot];
    if (known != null && known.length() == length && text.regionMatches(start, known, 0, length)) {
      for (int id : pieceIds[slot]) {
        add(id);
      }
      return;
    }
    int before = count;
    merge(text, start, end);
    pieceIds[slot] = Arrays.copyOfRange(out, before, count);
    pieces[slot] = text.substring(start, end);
  }

  private void merge(String text, int start, int end) {
    // A UTF-16 unit gives at most three bytes.
    int[] symbols = merger.symbols((end - start) * 3);
    int length = 0;
    for (int i = start; i < end; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      length = utf8(c, symbols, length);
    }
    if (wholeWords) {
      Integer whole = ids.get(letters(symbols, length));
      if (whole != null) {
        add(whole);
        return;
      }
    }
    for (int i = 0; i < length; i++) {
      int id = byteIds[symbols[i]];
      if (id < 0) {
        throw new InputException(
            "byte 0x%02x of \"%s\" has no token in this vocabulary"
                .formatted(symbols[i], text.substring(start, end)));
      }
      symbols[i] = id;
    }
    int left = merger.merge(length);
    for (int i = 0; i < left; i++) {
      add(symbols[i]);
    }
  }

  private static String letters(int[] bytes, int length) {
    char[] letters = new char[length];
    for (int i = 0; i < length; i++) {
      letters[i] = ByteAlphabet.letter(bytes[i]);
    }
    return new String(letters);
  }

  private static int utf8(int codePoint, int[] into, int at) {
    // Half a surrogate pair is no character; it becomes U+FFFD, as a strict encoder writes it.
    int c = codePoint >= 0xD800 && codePoint < 0xE000 ? 0xFFFD : codePoint;
    if (c < 0x80) {
      into[at] = c;
      return at + 1;
    }
    if (c < 0x800) {
      into[at] = 0xC0 | (c >> 6);
      into[at + 1] = 0x80 | (c & 0x3F);
      return at + 2;
    }
    if (c < 0x10000) {
      into[at] = 0xE0 | (c >> 12);
      into[at + 1] = 0x80 | ((c >> 6) & 0x3F);
      into[at + 2] = 0x80 | (c & 0x3F);
      return at + 3;
    }
    into[at] = 0xF0 | (c >> 18);
    into[at + 1] = 0x80 | ((c >> 12) & 0x3F);
    into[at + 2] = 0x80 | ((c >> 6) & 0x3F);
    into[at + 3] = 0x80 | (c & 0x3F);
    return at + 4;
  }
}
