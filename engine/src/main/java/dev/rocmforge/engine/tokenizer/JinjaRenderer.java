package dev.rocmforge.engine.tokenizer;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import dev.rocmforge.engine.InputException;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Jinjava, set up to render chat templates as Hugging Face's tokenizers do: blocks trimmed,
 * Python's string methods and JSON spelling, {@code raise_exception} and {@code strftime_now}.
 * Loaded with the first rendering; safe for many threads.
 */
final class JinjaRenderer {
  private static final String NOW = "rocmforge_now";

  private static final Jinjava JINJAVA = jinjava();

  private JinjaRenderer() {}

  private static Jinjava jinjava() {
    LegacyOverrides python =
        LegacyOverrides.newBuilder()
            .withEvaluateMapKeys(true)
            .withIterateOverMapKeys(true)
            .withUsePyishObjectMapper(true)
            .withParseWhitespaceControlStrictly(true)
            .withKeepNullableLoopValues(true)
            .withUseTrimmingForNotesAndExpressions(true)
            .build();
    Jinjava jinjava =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withLegacyOverrides(python)
                .withElResolver(new PythonStrings())
                // Otherwise a message that contains Jinja would be run as a template.
                .withNestedInterpretationEnabled(false)
                .withLocale(Locale.ENGLISH)
                .build());
    jinjava.registerFunction(
        new ELFunctionDefinition(
            "", "raise_exception", JinjaRenderer.class, "raiseException", Object.class));
    jinjava.registerFunction(
        new ELFunctionDefinition(
            "", "strftime_now", JinjaRenderer.class, "strftimeNow", String.class));
    jinjava.registerFilter(new PythonJson());
    return jinjava;
  }

  static String render(
      String place, String source, ChatRequest request, String bosToken, String eosToken) {
    Map<String, Object> variables = new HashMap<>(request.variables());
    variables.put("messages", request.messages());
    if (!request.tools().isEmpty()) {
      variables.put("tools", request.tools());
    }
    variables.put("add_generation_prompt", request.addGenerationPrompt());
    variables.put("bos_token", bosToken);
    variables.put("eos_token", eosToken);
    variables.put(NOW, request.today().orElseGet(ZonedDateTime::now));
    RenderResult result = JINJAVA.renderForResult(JinjaDialect.translate(source), variables);
    // Jinjava renders on after an error and leaves the place empty; a prompt with a hole is worse
    // than none.
    if (result.hasErrors()) {
      throw failure(place, result.getErrors().getFirst());
    }
    return result.getOutput();
  }

  private static InputException failure(String place, TemplateError error) {
    for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal) {
        return new InputException(
            place + ", line " + error.getLineno() + ": refused: " + cause.getMessage());
      }
    }
    return new InputException(
        place + ", line " + error.getLineno() + ": " + error.getMessage(), error.getException());
  }

  /** What a template says through {@code raise_exception}. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /** The function {@code raise_exception(message)} of templates. */
  public static String raiseException(Object message) {
    throw new Refusal(String.valueOf(message));
  }

  /** The function {@code strftime_now(format)} of templates. */
  public static String strftimeNow(String format) {
    Object now = JinjavaInterpreter.getCurrent().getContext().get(NOW);
    return StrftimeFormatter.format((ZonedDateTime) now, format, Locale.ENGLISH);
  }
}
