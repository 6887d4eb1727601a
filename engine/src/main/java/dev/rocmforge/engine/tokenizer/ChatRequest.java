package dev.rocmforge.engine.tokenizer;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a chat template renders. Messages, tools and variables are JSON-like: maps, lists, strings,
 * numbers, booleans, null.
 *
 * @param messages in order, each with {@code role} and {@code content} at least
 * @param tools function signatures; empty leaves {@code tools} undefined
 * @param addGenerationPrompt end with the opening of the assistant's turn
 * @param variables more names that the template may read, for example {@code enable_thinking}
 * @param today what {@code strftime_now} formats; empty is the time of rendering
 */
public record ChatRequest(
    List<Map<String, Object>> messages,
    List<Map<String, Object>> tools,
    boolean addGenerationPrompt,
    Map<String, Object> variables,
    Optional<ZonedDateTime> today) {

  /** These messages and the opening of the assistant's turn. */
  public static ChatRequest of(List<Map<String, Object>> messages) {
    return new ChatRequest(messages, List.of(), true, Map.of(), Optional.empty());
  }

  /** One user message and the opening of the assistant's turn. */
  public static ChatRequest user(String content) {
    return of(List.of(message("user", content)));
  }

  /** A plain message. */
  public static Map<String, Object> message(String role, String content) {
    return Map.of("role", role, "content", content);
  }
}
