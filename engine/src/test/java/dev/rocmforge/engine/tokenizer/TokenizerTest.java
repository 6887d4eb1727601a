package dev.rocmforge.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenizerTest {
  /** a b c ab abc 你's three bytes, then begin, end and two tokens that share a beginning. */
  private static final List<String> TOKENS =
      List.of("a", "b", "c", "ab", "bc", "abc", "ä", "½", "ł", "<s>", "</s>", "<x", "<x>>");

  private static final List<Integer> TYPES = List.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3);

  private static Vocabulary vocabulary(String model, Optional<String> pre, List<String> merges) {
    return new Vocabulary(
        "m.gguf",
        model,
        pre,
        TOKENS,
        TYPES,
        merges,
        Map.of("bos", 9, "eos", 10),
        Optional.of(true),
        Optional.of(true),
        Optional.empty());
  }

  private static Tokenizer small(String pre, String... merges) {
    return Tokenizer.of(vocabulary("gpt2", Optional.of(pre), List.of(merges)));
  }

  @Test
  void mergesByRankNotByPlace() {
    Tokenizer tokenizer = small("gpt-2", "b c", "a b", "ab c");
    assertArrayEquals(new int[] {0, 4}, tokenizer.encode("abc", EncodeOptions.PLAIN));
    assertArrayEquals(new int[] {3, 3}, tokenizer.encode("abab", EncodeOptions.PLAIN));
  }

  @Test
  void llama3TakesWholeWords() {
    Tokenizer tokenizer = small("llama-bpe", "b c", "a b", "ab c");
    assertArrayEquals(new int[] {5}, tokenizer.encode("abc", EncodeOptions.PLAIN));
  }

  @Test
  void longestSpecialTokenWins() {
    Tokenizer tokenizer = small("gpt-2");
    assertArrayEquals(
        new int[] {11, 12, 0, 11}, tokenizer.encode("<x<x>>a<x", EncodeOptions.RENDERED));
  }

  @Test
  void beginAndEndFollowTheFlags() {
    Tokenizer tokenizer = small("gpt-2");
    assertArrayEquals(new int[] {9, 0, 10}, tokenizer.encode("a", EncodeOptions.PROMPT));
    assertArrayEquals(new int[] {0}, tokenizer.encode("a", EncodeOptions.RENDERED));
  }

  @Test
  void streamHoldsHalfACharacterBack() {
    TokenStream stream = small("gpt-2").stream(false);
    assertEquals("", stream.append(6));
    assertEquals("", stream.append(7));
    assertEquals("", stream.append(9), "control tokens are left out");
    assertEquals("\u4f60", stream.append(8));
  }

  @Test
  void brokenCharactersBecomeReplacements() {
    Tokenizer tokenizer = small("gpt-2");
    TokenStream stream = tokenizer.stream(true);
    assertEquals("", stream.append(6));
    assertEquals("\ufffda", stream.append(0));
    assertEquals("", stream.append(6));
    assertEquals("\ufffd", stream.flush());
    assertEquals("a<s>", stream.append(0) + stream.append(9) + stream.flush());
  }

  @Test
  void everySplitOfACharacterStreamsWhole() {
    Tokenizer tokenizer = GoldenTokenizer.qwen();
    String text = "\u4f60\ud83d\ude42\u00e9";
    TokenStream stream = tokenizer.stream(false);
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      String letter = String.valueOf(ByteAlphabet.letter(b & 0xFF));
      out.append(stream.append(tokenizer.idOf(letter).orElseThrow()));
      assertTrue(text.startsWith(out.toString()), out.toString());
    }
    assertEquals(text, out.toString());
    assertEquals("", stream.flush());
  }

  @Test
  void mergesAsTheRulesSay() {
    Vocabulary vocabulary = GoldenTokenizer.qwen().vocabulary();
    Map<String, Integer> ranks = new HashMap<>();
    for (String rule : vocabulary.merges()) {
      ranks.put(rule, ranks.size());
    }
    Random random = new Random(11);
    for (int n = 0; n < 500; n++) {
      StringBuilder word = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        word.append("etaoinshr".charAt(random.nextInt(9)));
      }
      List<String> naive = naive(word.toString(), ranks);
      int[] ids = GoldenTokenizer.qwen().encode(word.toString(), EncodeOptions.PLAIN);
      List<String> tokens = new ArrayList<>();
      for (int id : ids) {
        tokens.add(GoldenTokenizer.qwen().token(id));
      }
      assertEquals(naive, tokens);
    }
  }

  /** The definition: join the leftmost pair of the best rank until no rule applies. */
  private static List<String> naive(String word, Map<String, Integer> ranks) {
    List<String> symbols = new ArrayList<>(word.chars().mapToObj(Character::toString).toList());
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = ranks.getOrDefault(symbols.get(i) + " " + symbols.get(i + 1), Integer.MAX_VALUE);
        if (rank < bestRank) {
          bestRank = rank;
          best = i;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }

  @Test
  void longWordsAreNotQuadratic() {
    StringBuilder word = new StringBuilder();
    new Random(3).ints(300_000, 'a', 'z' + 1).forEach(c -> word.append((char) c));
    int[] ids =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> GoldenTokenizer.qwen().encode(word.toString(), EncodeOptions.PLAIN));
    assertEquals(word.toString(), GoldenTokenizer.qwen().decode(ids));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "bert", "t5"})
  void otherModelsAreRefused(String model) {
    InputException e =
        assertThrows(
            InputException.class,
            () -> Tokenizer.of(vocabulary(model, Optional.empty(), List.of())));
    assertTrue(e.getMessage().contains('"' + model + '"'), e.getMessage());
  }

  @Test
  void unknownPreTokenizerIsRefusedAndAnUnstatedOneToldOf() {
    InputException e = assertThrows(InputException.class, () -> small("tekken"));
    assertTrue(e.getMessage().contains("\"tekken\"; known are qwen2"), e.getMessage());
    Tokenizer unstated = Tokenizer.of(vocabulary("gpt2", Optional.empty(), List.of()));
    assertEquals("default", unstated.preTokenizer());
    assertTrue(unstated.warning().orElseThrow().contains("tokenizer.ggml.pre is not stated"));
    assertEquals(Optional.empty(), small("default").warning());
  }

  @Test
  void contradictionsAreRefused() {
    assertThrows(InputException.class, () -> small("gpt-2", "a"));
    assertThrows(InputException.class, () -> small("gpt-2", "a c"));
    InputException e =
        assertThrows(InputException.class, () -> small("gpt-2").encode("aQ", EncodeOptions.PLAIN));
    assertTrue(e.getMessage().contains("0x51"), e.getMessage());
    assertThrows(InputException.class, () -> small("gpt-2").bytes(13));
    assertThrows(InputException.class, () -> small("gpt-2").bytes(-1));
  }
}
