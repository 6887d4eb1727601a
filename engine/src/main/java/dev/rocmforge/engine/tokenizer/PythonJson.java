package dev.rocmforge.engine.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import dev.rocmforge.engine.InputException;
import java.util.Map;

/**
 * The filter {@code tojson} as Python spells JSON: a space after every comma and colon, characters
 * beyond ASCII as they are, and with {@code indent} one entry a line.
 */
final class PythonJson implements Filter {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
    return json(value, arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
  }

  @Override
  public Object filter(
      Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
    Object indent = named.getOrDefault("indent", arguments.length > 0 ? arguments[0] : null);
    return json(value, indent instanceof Number number ? number.intValue() : 0);
  }

  private static String json(Object value, int indent) {
    boolean lines = indent > 0;
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEntrySpacing(lines ? Separators.Spacing.NONE : Separators.Spacing.AFTER)
            .withArrayValueSpacing(lines ? Separators.Spacing.NONE : Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    DefaultPrettyPrinter.Indenter indenter =
        lines
            ? new DefaultIndenter(" ".repeat(indent), "\n")
            : DefaultPrettyPrinter.NopIndenter.instance;
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(separators)
            .withObjectIndenter(indenter)
            .withArrayIndenter(indenter);
    try {
      return MAPPER.writer(printer).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new InputException("tojson: " + e.getOriginalMessage(), e);
    }
  }
}
