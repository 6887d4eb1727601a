package dev.rocmforge.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every pre-tokenizer against its published pattern in a regular expression engine, on random
 * strings of the characters where the alternatives meet.
 */
final class SplitterTest {
  private static final String GPT_2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private static final int[] LETTERS =
      "abS tTrReEvVlLmMdD'''   \t\n\r\u00a0\u3000.,!?$+<=>^~|`_-¹²³0123456789४Ⅷéßſ你é́🙂©€𝒳𝟗"
          .codePoints()
          .toArray();

  private static List<String> patterns(PreTokenizer pre) {
    return switch (pre) {
      case QWEN2 -> List.of(modern("\\p{N}"));
      case LLAMA_BPE -> List.of(modern("\\p{N}{1,3}"));
      case GPT_2 -> List.of(GPT_2);
      case SMOLLM -> List.of("\\p{N}", GPT_2);
      case DEFAULT -> List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT_2, "\\p{N}+", "[0-9][0-9][0-9]");
    };
  }

  private static String modern(String numbers) {
    return "(?iu:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + numbers
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  @ParameterizedTest
  @EnumSource(PreTokenizer.class)
  void cutsAsItsPattern(PreTokenizer pre) {
    List<Pattern> patterns =
        patterns(pre).stream()
            .map(p -> Pattern.compile(p, Pattern.UNICODE_CHARACTER_CLASS))
            .toList();
    Random random = new Random(7);
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(16); i >= 0; i--) {
        text.appendCodePoint(LETTERS[random.nextInt(LETTERS.length)]);
      }
      List<String> expected = List.of(text.toString());
      for (Pattern pattern : patterns) {
        expected = expected.stream().flatMap(piece -> split(piece, pattern).stream()).toList();
      }
      assertEquals(expected, pieces(pre.splitter(), text.toString()));
    }
  }

  /** Matches and what lies between them, each a piece. */
  private static List<String> split(String text, Pattern pattern) {
    List<String> pieces = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int from = 0;
    while (matcher.find()) {
      if (matcher.start() > from) {
        pieces.add(text.substring(from, matcher.start()));
      }
      pieces.add(matcher.group());
      from = matcher.end();
    }
    if (from < text.length()) {
      pieces.add(text.substring(from));
    }
    return pieces;
  }

  private static List<String> pieces(Splitter splitter, String text) {
    List<String> pieces = new ArrayList<>();
    for (int start = 0, end; start < text.length(); start = end) {
      end = splitter.next(text, start);
      pieces.add(text.substring(start, end));
    }
    return pieces;
  }
}
