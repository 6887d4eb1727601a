package dev.rocmforge.engine.tokenizer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes two things of Jinja in a way that Jinjava understands: keyword arguments get parentheses
 * around their values ({@code f(n=a|length - 1)} becomes {@code f(n=(a|length - 1))}, as Jinjava
 * would take the first operand alone), and the reversing slice {@code [::-1]} becomes the filter
 * {@code reverse}. Line breaks stay where they are, so that errors name the right line.
 */
final class JinjaDialect {
  private static final String REVERSED = "[::-1]";

  private final String source;
  private final StringBuilder out;

  /** One entry an open bracket: whether the argument at hand is a value that was opened here. */
  private final Deque<Boolean> openValues = new ArrayDeque<>();

  private JinjaDialect(String source) {
    this.source = source;
    this.out = new StringBuilder(source.length() + 64);
  }

  static String translate(String source) {
    return new JinjaDialect(source).run();
  }

  private String run() {
    int at = 0;
    while (at < source.length()) {
      boolean tag = source.startsWith("{{", at) || source.startsWith("{%", at);
      if (tag) {
        at = tag(at, source.charAt(at + 1) == '{' ? "}}" : "%}");
      } else if (source.startsWith("{#", at)) {
        int end = source.indexOf("#}", at);
        at = copy(at, end < 0 ? source.length() : end + 2);
      } else {
        at = copy(at, at + 1);
      }
    }
    return out.toString();
  }

  private int copy(int from, int to) {
    out.append(source, from, to);
    return to;
  }

  /** Copies the tag at {@code start} and returns the index behind it. */
  private int tag(int start, String close) {
    openValues.clear();
    int at = copy(start, start + 2);
    while (at < source.length()) {
      char c = source.charAt(at);
      if (openValues.isEmpty() && source.startsWith(close, at)) {
        return copy(at, at + 2);
      }
      at = c == '\'' || c == '"' ? copy(at, endOfString(at)) : symbol(at, c);
    }
    return at;
  }

  private int symbol(int at, char c) {
    if (source.startsWith(REVERSED, at)) {
      out.append("|reverse");
      return at + REVERSED.length();
    }
    if (c == '(' || c == '[' || c == '{') {
      openValues.push(false);
    } else if (!openValues.isEmpty() && (c == ')' || c == ']' || c == '}' || c == ',')) {
      if (openValues.pop()) {
        out.append(')');
      }
      if (c == ',') {
        openValues.push(false);
      }
    } else if (c == '=' && !openValues.isEmpty() && !openValues.peek() && assigns(at)) {
      openValues.pop();
      openValues.push(true);
      out.append("=(");
      return at + 1;
    }
    return copy(at, at + 1);
  }

  /** True if this equals sign stands alone, after a bare name that begins an argument. */
  private boolean assigns(int at) {
    if (source.startsWith("=", at + 1) || "=!<>".indexOf(source.charAt(at - 1)) >= 0) {
      return false;
    }
    int i = at - 1;
    while (Character.isWhitespace(source.charAt(i))) {
      i--;
    }
    while (Character.isJavaIdentifierPart(source.charAt(i))) {
      i--;
    }
    while (Character.isWhitespace(source.charAt(i))) {
      i--;
    }
    return source.charAt(i) == '(' || source.charAt(i) == ',';
  }

  private int endOfString(int start) {
    char quote = source.charAt(start);
    for (int i = start + 1; i < source.length(); i++) {
      if (source.charAt(i) == '\\') {
        i++;
      } else if (source.charAt(i) == quote) {
        return i + 1;
      }
    }
    return source.length();
  }
}
