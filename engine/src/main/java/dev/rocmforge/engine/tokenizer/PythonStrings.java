package dev.rocmforge.engine.tokenizer;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import dev.rocmforge.engine.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;

/**
 * Adds the methods of Python's {@code str} that chat templates call; everything else goes to
 * Jinjava's own resolver. Java's methods of the same name would mean something else ({@code split}
 * takes a pattern there) or be missing, and a missing method silently counts as false.
 */
final class PythonStrings extends CompositeELResolver {
  private static final String PYTHON_SPACE = " \t\n\r\f\u000b";

  PythonStrings() {
    add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
  }

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    if (base instanceof CharSequence text) {
      context.setPropertyResolved(true);
      return call(text.toString(), String.valueOf(method), arguments);
    }
    return super.invoke(context, base, method, types, arguments);
  }

  private static Object call(String text, String method, Object[] arguments) {
    return switch (method) {
      case "startswith" -> text.startsWith(argument(method, arguments, 0));
      case "endswith" -> text.endsWith(argument(method, arguments, 0));
      case "strip" -> strip(text, arguments, true, true);
      case "lstrip" -> strip(text, arguments, true, false);
      case "rstrip" -> strip(text, arguments, false, true);
      case "split" -> split(text, arguments);
      case "replace" ->
          text.replace(argument(method, arguments, 0), argument(method, arguments, 1));
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" ->
          text.isEmpty()
              ? text
              : text.substring(0, 1).toUpperCase(Locale.ROOT)
                  + text.substring(1).toLowerCase(Locale.ROOT);
      case "find" -> text.indexOf(argument(method, arguments, 0));
      case "join" -> join(text, arguments);
      default -> throw new InputException("strings have no method " + method);
    };
  }

  private static String argument(String method, Object[] arguments, int index) {
    if (arguments.length <= index) {
      throw new InputException(
          method + " needs " + (index + 1) + " arguments, " + arguments.length + " given");
    }
    return String.valueOf(arguments[index]);
  }

  private static String strip(String text, Object[] arguments, boolean left, boolean right) {
    String dropped = arguments.length == 0 ? PYTHON_SPACE : String.valueOf(arguments[0]);
    int start = 0;
    int end = text.length();
    while (left && start < end && dropped.indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    while (right && end > start && dropped.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(start, end);
  }

  private static List<String> split(String text, Object[] arguments) {
    if (arguments.length == 0) {
      String bare = strip(text, arguments, true, true);
      return bare.isEmpty() ? List.of() : List.of(bare.split("[ \\t\\n\\r\\f\\x0b]+", -1));
    }
    String separator = String.valueOf(arguments[0]);
    if (separator.isEmpty()) {
      throw new InputException("split: the separator is empty");
    }
    int most = arguments.length > 1 ? ((Number) arguments[1]).intValue() : -1;
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at; parts.size() != most && (at = text.indexOf(separator, from)) >= 0; ) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static String join(String separator, Object[] arguments) {
    if (arguments.length != 1 || !(arguments[0] instanceof Iterable<?> parts)) {
      throw new InputException("join needs one list");
    }
    List<String> texts = new ArrayList<>();
    parts.forEach(part -> texts.add(String.valueOf(part)));
    return String.join(separator, texts);
  }
}
