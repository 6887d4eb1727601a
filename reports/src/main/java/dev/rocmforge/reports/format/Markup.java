package dev.rocmforge.reports.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds HTML or XML; every text and attribute value is escaped, and there is one way in for
 * trusted markup. A part of a page may be written several times: {@link #scope} keeps its ids apart
 * and its headings in order. Not thread-safe.
 */
final class Markup {
  private final StringBuilder out = new StringBuilder();
  private String prefix = "";
  private int level = 2;
  private final List<Heading> headings = new ArrayList<>();

  /** A section of the highest level. */
  record Heading(String id, String text) {}

  /** The sections of the highest level so far. */
  List<Heading> headings() {
    return List.copyOf(headings);
  }

  /** From now on ids begin with {@code idPrefix} and headings are of this level, 2 to 6. */
  Markup scope(String idPrefix, int headingLevel) {
    prefix = idPrefix;
    level = headingLevel;
    return this;
  }

  /** The id that stands for a name in the present scope. */
  String id(String name) {
    return prefix + name;
  }

  /** Opens a section under a heading of the present level. */
  Markup section(String name, String heading) {
    if (level == 2) {
      headings.add(new Heading(id(name), heading));
      open("section", "aria-labelledby", id(name));
    } else {
      // No landmark: parts of several runs have the same names.
      open("section");
    }
    return element("h" + level, heading, "id", id(name));
  }

  /** Opens an element; attributes come as name, value, name, value. */
  Markup open(String element, String... attributes) {
    tag(element, attributes);
    out.append('>');
    return this;
  }

  Markup close(String element) {
    out.append("</").append(element).append(">\n");
    return this;
  }

  /** An element without content: {@code <name …/>}. */
  Markup empty(String element, String... attributes) {
    tag(element, attributes);
    out.append("/>\n");
    return this;
  }

  Markup text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** A whole element with text in it. */
  Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  /** A foreign text whose own writing direction must not spill over its neighbours. */
  Markup foreign(String text) {
    out.append("<bdi>").append(escaped(text)).append("</bdi>");
    return this;
  }

  /** Markup made by this project, unescaped. */
  Markup trusted(String markup) {
    out.append(markup);
    return this;
  }

  private void tag(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escaped(attributes[i + 1])).append('"');
    }
  }

  /**
   * What HTML and XML forbid, control characters and lone surrogates, becomes U+FFFD, and so do the
   * controls that turn the writing direction: a name must read as it is stored.
   */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(allowed(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean allowed(int c) {
    boolean control = (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
    boolean turning = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return !control
        && !turning
        && Character.getType(c) != Character.SURROGATE
        && (c & 0xfffe) != 0xfffe;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
