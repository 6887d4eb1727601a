package dev.rocmforge.engine.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/**
 * Turns messages into the text that a model was trained on: the model's own Jinja template, or one
 * of the built-in ones where the model has none but its vocabulary has their tokens. Immutable. The
 * template engine is loaded at the first rendering, not before.
 */
public final class ChatTemplate {
  /** The fallbacks, by the token that tells them from each other. */
  private enum BuiltIn {
    CHATML(
        "ChatML",
        "<|im_start|>",
        """
        {%- for message in messages -%}
        {{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
        """),
    LLAMA_3(
        "LLaMA3",
        "<|start_header_id|>",
        """
        {{- bos_token -}}
        {%- for message in messages -%}
        {{ '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' }}
        {{- message.content | trim + '<|eot_id|>' }}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
        {{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
        {%- endif -%}
        """),
    /** Gemma knows no system turn: that text opens the first user turn. */
    GEMMA(
        "Gemma",
        "<start_of_turn>",
        """
        {{- bos_token -}}
        {%- set system = '' -%}
        {%- set turns = messages -%}
        {%- if messages[0].role == 'system' -%}
        {%- set system = messages[0].content + '\\n\\n' -%}
        {%- set turns = messages[1:] -%}
        {%- endif -%}
        {%- for message in turns -%}
        {%- set role = 'model' if message.role == 'assistant' else message.role -%}
        {{ '<start_of_turn>' + role + '\\n' }}
        {%- if loop.first -%}{{ system }}{%- endif -%}
        {{ message.content | trim + '<end_of_turn>\\n' }}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}
        """);

    final String label;
    final String token;
    final String source;

    BuiltIn(String label, String token, String source) {
      this.label = label;
      this.token = token;
      this.source = source;
    }
  }

  private final String name;
  private final String source;
  private final Vocabulary vocabulary;

  private ChatTemplate(String name, String source, Vocabulary vocabulary) {
    this.name = name;
    this.source = source;
    this.vocabulary = vocabulary;
  }

  /** The template for a model; empty if it states none and no built-in one fits its vocabulary. */
  public static Optional<ChatTemplate> of(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    if (vocabulary.chatTemplate().isPresent()) {
      return Optional.of(
          new ChatTemplate("model (Jinja)", vocabulary.chatTemplate().get(), vocabulary));
    }
    return Arrays.stream(BuiltIn.values())
        .filter(row -> tokenizer.idOf(row.token).isPresent())
        .findFirst()
        .map(row -> new ChatTemplate("built-in " + row.label, row.source, vocabulary));
  }

  /** Which template this is: {@code model (Jinja)}, {@code built-in ChatML}, ... */
  public String name() {
    return name;
  }

  /** The Jinja source. */
  public String source() {
    return source;
  }

  /**
   * Renders.
   *
   * @return text whose special tokens are spelled out, for {@link EncodeOptions#RENDERED}
   * @throws dev.rocmforge.engine.InputException with the line of the template, if it fails or
   *     refuses the messages
   */
  public String render(ChatRequest request) {
    return JinjaRenderer.render(
        vocabulary.source() + ": chat template " + name,
        source,
        request,
        vocabulary.specialText("bos"),
        vocabulary.specialText("eos"));
  }
}
