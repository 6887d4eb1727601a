package dev.rocmforge.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every reference text gives the reference's ids, and the ids give its decoded text. */
final class GoldenTokenizerTest {
  @TestFactory
  Stream<DynamicTest> texts() {
    JsonNode cases = GoldenTokenizer.json("qwen2.5-cases.json").get("cases");
    assertEquals(180, cases.size());
    return StreamSupport.stream(cases.spliterator(), false)
        .map(c -> DynamicTest.dynamicTest(c.get("text").toString(), () -> check(c)));
  }

  private static void check(JsonNode c) {
    Tokenizer tokenizer = GoldenTokenizer.qwen();
    int[] ids =
        IntStream.range(0, c.get("ids").size()).map(i -> c.get("ids").get(i).asInt()).toArray();
    assertArrayEquals(ids, tokenizer.encode(c.get("text").asText(), EncodeOptions.RENDERED));
    String decoded = c.get("decoded").asText();
    assertEquals(decoded, tokenizer.decode(ids));
    TokenStream stream = tokenizer.stream(true);
    StringBuilder streamed = new StringBuilder();
    for (int id : ids) {
      streamed.append(stream.append(id));
    }
    assertEquals(decoded, streamed.append(stream.flush()).toString());
  }

  @Test
  void endsOfGeneration() {
    assertEquals(Set.of(151643, 151645), GoldenTokenizer.qwen().endOfGenerationIds());
    assertEquals(151645, GoldenTokenizer.qwen().eosId().orElseThrow());
  }

  @Test
  void controlTokensStayTextUnlessAskedFor() {
    Tokenizer tokenizer = GoldenTokenizer.qwen();
    assertArrayEquals(new int[] {151645}, tokenizer.encode("<|im_end|>", EncodeOptions.RENDERED));
    int[] plain = tokenizer.encode("<|im_end|>", EncodeOptions.PLAIN);
    assertEquals("<|im_end|>", tokenizer.decode(plain));
    assertEquals(false, IntStream.of(plain).anyMatch(id -> id >= 151643));
    // User-defined tokens are part of the text's own language and are always read.
    assertArrayEquals(
        new int[] {tokenizer.idOf("<tool_call>").orElseThrow()},
        tokenizer.encode("<tool_call>", EncodeOptions.PLAIN));
  }
}
