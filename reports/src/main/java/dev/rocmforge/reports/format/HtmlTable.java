package dev.rocmforge.reports.format;

/** A table with a caption for everybody and a frame that scrolls by keyboard when narrow. */
final class HtmlTable {
  private static final int WIDE_CHARACTERS = 20;

  private final Markup page;
  private final int columns;

  private HtmlTable(Markup page, int columns) {
    this.page = page;
    this.columns = columns;
  }

  /** Opens the table; a column whose name begins with {@code #} holds numbers. */
  static HtmlTable open(Markup page, String name, String caption, String... columns) {
    String id = page.id(name);
    page.open("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-labelledby", id);
    page.open("table").element("caption", caption, "id", id).open("thead").open("tr");
    for (String column : columns) {
      if (column.startsWith("#")) {
        page.element("th", column.substring(1), "scope", "col", "class", "number");
      } else {
        page.element("th", column, "scope", "col");
      }
    }
    page.close("tr").close("thead").open("tbody");
    return new HtmlTable(page, columns.length);
  }

  /** Begins a group of rows under a name of its own. */
  HtmlTable group(String name) {
    page.close("tbody").open("tbody").open("tr", "class", "group");
    page.open("th", "scope", "rowgroup", "colspan", "" + columns).foreign(name);
    page.close("th").close("tr");
    return this;
  }

  /** Begins a row by its name. */
  HtmlTable row(String name) {
    page.open("tr").open("th", "scope", "row", "class", width(name));
    page.foreign(name).close("th");
    return this;
  }

  HtmlTable number(String text) {
    page.element("td", text, "class", "number");
    return this;
  }

  HtmlTable cell(String text) {
    page.open("td", "class", width(text)).foreign(text).close("td");
    return this;
  }

  /** A cell with a class of its own: {@code differs} is marked by more than colour. */
  HtmlTable cell(String text, String kind) {
    page.open("td", "class", (width(text) + " " + kind).strip());
    if (kind.equals("differs")) {
      page.open("mark").foreign(text).close("mark").close("td");
    } else {
      page.foreign(text).close("td");
    }
    return this;
  }

  /** Short texts stay on one line; long ones break, but not after every few letters. */
  private static String width(String text) {
    return text.length() > WIDE_CHARACTERS ? "wide" : "word";
  }

  /** A cell of trusted markup. */
  HtmlTable trusted(String markup) {
    page.open("td", "class", "word").trusted(markup).close("td");
    return this;
  }

  HtmlTable end() {
    page.close("tr");
    return this;
  }

  void close() {
    page.close("tbody").close("table").close("div");
  }
}
