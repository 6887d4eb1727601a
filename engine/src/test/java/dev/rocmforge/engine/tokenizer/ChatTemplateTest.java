package dev.rocmforge.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.InputException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChatTemplateTest {
  private static final Optional<ZonedDateTime> DAY =
      Optional.of(ZonedDateTime.of(2026, 11, 22, 0, 0, 0, 0, ZoneOffset.UTC));

  private static Optional<ChatTemplate> template(
      Optional<String> source, String bos, String eos, String third) {
    return ChatTemplate.of(
        Tokenizer.of(
            new Vocabulary(
                "m.gguf",
                "gpt2",
                Optional.of("gpt-2"),
                List.of(bos, eos, third),
                List.of(3, 3, 3),
                List.of(),
                Map.of("bos", 0, "eos", 1),
                Optional.empty(),
                Optional.empty(),
                source)));
  }

  private static String render(String source, ChatRequest request) {
    return template(Optional.of(source), "<s>", "</s>", "x").orElseThrow().render(request);
  }

  private static ChatRequest dated(List<Map<String, Object>> messages, boolean prompt) {
    return new ChatRequest(messages, List.of(), prompt, Map.of(), DAY);
  }

  @TestFactory
  Stream<DynamicTest> references() {
    JsonNode golden = GoldenTokenizer.json("chat-templates.json");
    assertEquals(30, golden.get("cases").size());
    return StreamSupport.stream(golden.get("cases").spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get("template").asText() + " " + c.get("case").asText(),
                    () -> check(golden.get("templates"), c)));
  }

  private static void check(JsonNode templates, JsonNode c) {
    List<Map<String, Object>> messages =
        new ObjectMapper().convertValue(c.get("messages"), new TypeReference<>() {});
    String source = templates.get(c.get("template").asText()).asText();
    ChatTemplate template =
        template(Optional.of(source), c.get("bos_token").asText(), c.get("eos_token").asText(), "x")
            .orElseThrow();
    assertEquals("model (Jinja)", template.name());
    assertEquals(
        c.get("expected").asText(),
        template.render(dated(messages, c.get("add_generation_prompt").asBoolean())));
  }

  @Test
  void toolsAndThinkingAsThePublishedTemplateSpellsThem() {
    String source =
        GoldenTokenizer.json("chat-templates.json").get("templates").get("qwen3").asText();
    Map<String, Object> call = Map.of("function", Map.of("name", "g", "arguments", Map.of("x", 1)));
    ChatRequest request =
        new ChatRequest(
            List.of(
                ChatRequest.message("user", "q"),
                ChatRequest.message("assistant", "<think>\nhm\n</think>\n\nhello"),
                Map.of("role", "assistant", "content", "", "tool_calls", List.of(call)),
                ChatRequest.message("tool", "42")),
            List.of(Map.of("name", "<é>")),
            true,
            Map.of("enable_thinking", false),
            DAY);
    String text = render(source, request);
    assertTrue(text.contains("<tools>\n{\"name\": \"<é>\"}\n</tools>"), text);
    assertTrue(
        text.endsWith(
            """
            <|im_start|>assistant
            <think>
            hm
            </think>

            hello<|im_end|>
            <|im_start|>assistant
            <tool_call>
            {"name": "g", "arguments": {"x": 1}}
            </tool_call><|im_end|>
            <|im_start|>user
            <tool_response>
            42
            </tool_response><|im_end|>
            <|im_start|>assistant
            <think>

            </think>

            """),
        text);
  }

  @Test
  void messagesAreNeverRunAsTemplates() {
    String evil = "{{ 7 * 7 }}{% raw %}{# c #}";
    assertEquals(evil, render("{{ messages[0].content }}", ChatRequest.user(evil)));
  }

  @Test
  void errorsNameTheLine() {
    assertFails("a\n\n{{ raise_exception('no tools') }}", "line 3: refused: no tools");
    assertFails("a\n{{ messages[0].content.nope() }}", "line 2: ");
    assertFails("a\n{% if messages %}b", "line 2: ");
    assertFails("{{ nofunction(3) }}", "line 1: ");
  }

  private static void assertFails(String source, String part) {
    InputException e =
        assertThrows(InputException.class, () -> render(source, ChatRequest.user("hi")));
    assertTrue(e.getMessage().startsWith("m.gguf: chat template"), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{{ strftime_now('%d %b %Y') }}#22 Nov 2026",
        "{{ bos_token }}|{{ eos_token }}#<s>|</s>",
        "{{ tools is defined }}#false",
        "{{ ' a b '.strip() }}|{{ 'xax'.lstrip('x') }}|{{ 'xax'.rstrip('x') }}#a b|ax|xa",
        "{{ 'a.b.c'.split('.')[-1] }}|{{ ' a  b '.split()[1] }}|{{ 'a.b.c'.split('.', 1)[1]"
            + " }}#c|b|b.c",
        "{{ 'abc'.startswith('ab') }}|{{ 'abc'.endswith('ab') }}#true|false",
        "{{ 'aXa'.replace('a', 'b') }}|{{ 'aB'.upper() }}|{{ 'aB'.lower() }}|{{ 'aB'.capitalize()"
            + " }}#bXb|AB|ab|Ab",
        "{{ '-'.join(['a', 'b']) }}|{{ 'abc'.find('c') }}#a-b|2",
        "{{ {'a': [1, none, true]} | tojson }}#{\"a\": [1, null, true]}",
        "{% set ns = namespace(n=messages|length - 1, m=2) %}{{ ns.n }}{{ ns.m }}#02",
        "{% for x in [1, 2, 3][::-1] %}{{ x }}{% endfor %}#321",
      })
  void jinjaAsInPython(String source, String expected) {
    assertEquals(expected, render(source, dated(List.of(ChatRequest.message("user", "hi")), true)));
  }

  @Test
  void indentedJson() {
    assertEquals(
        "{\n  \"a\": 1\n}", render("{{ {'a': 1} | tojson(indent=2) }}", ChatRequest.user("hi")));
  }

  @Test
  void fallbacksFollowTheVocabulary() {
    List<Map<String, Object>> talk =
        List.of(
            ChatRequest.message("system", "S"),
            ChatRequest.message("user", " Q "),
            ChatRequest.message("assistant", "A"));
    assertEquals(
        """
        <|im_start|>system
        S<|im_end|>
        <|im_start|>user
         Q <|im_end|>
        <|im_start|>assistant
        A<|im_end|>
        <|im_start|>assistant
        """,
        builtIn("<|im_start|>", "built-in ChatML").render(dated(talk, true)));
    assertEquals(
        "<s><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|>",
        builtIn("<|start_header_id|>", "built-in LLaMA3").render(dated(talk, false)));
    assertEquals(
        """
        <s><start_of_turn>user
        S

        Q<end_of_turn>
        <start_of_turn>model
        A<end_of_turn>
        <start_of_turn>model
        """,
        builtIn("<start_of_turn>", "built-in Gemma").render(dated(talk, true)));
    assertFalse(template(Optional.empty(), "<s>", "</s>", "x").isPresent());
  }

  private static ChatTemplate builtIn(String token, String name) {
    ChatTemplate template = template(Optional.empty(), "<s>", "</s>", token).orElseThrow();
    assertEquals(name, template.name());
    return template;
  }
}
