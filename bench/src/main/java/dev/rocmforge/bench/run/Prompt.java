package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.tokenizer.ChatRequest;
import dev.rocmforge.engine.tokenizer.ChatTemplate;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import java.util.Optional;

/**
 * A text ready to be run.
 *
 * @param templateName which chat template was put around it
 * @param tokens its ids, at least one
 */
public record Prompt(String templateName, TokenIds tokens) {
  /** What {@link #templateName} says where there is no template. */
  public static final String RAW = "none (raw completion)";

  /**
   * Puts the model's chat template around a text, as one user message.
   *
   * @param template whether to; a model without a template gets the raw text
   * @throws InputException if nothing is left to run
   */
  public static Prompt of(Tokenizer tokenizer, String text, boolean template) {
    Optional<ChatTemplate> chosen = template ? ChatTemplate.of(tokenizer) : Optional.empty();
    int[] tokens =
        chosen
            .map(
                chat ->
                    tokenizer.encode(chat.render(ChatRequest.user(text)), EncodeOptions.RENDERED))
            .orElseGet(() -> tokenizer.encode(text, EncodeOptions.PROMPT));
    if (tokens.length == 0) {
      throw new InputException("prompt: at least one token needed, the text has none");
    }
    return new Prompt(chosen.map(ChatTemplate::name).orElse(RAW), TokenIds.of(tokens));
  }
}
