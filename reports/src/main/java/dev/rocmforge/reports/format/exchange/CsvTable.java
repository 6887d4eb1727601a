package dev.rocmforge.reports.format.exchange;

import dev.rocmforge.reports.ReportException;
import java.util.ArrayList;
import java.util.List;

/** Comma-separated values as RFC 4180 has them: quotation marks around, doubled inside. */
final class CsvTable {
  private final String place;
  private final String text;
  private int at;

  private CsvTable(String place, String text) {
    this.place = place;
    this.text = text;
  }

  /** Rows of values, the header among them; empty lines are none. */
  static List<List<String>> read(String place, String text) {
    return new CsvTable(place, text.replace("\r\n", "\n")).rows();
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    while (at < text.length()) {
      if (text.charAt(at) == '\n') {
        at++;
        continue;
      }
      List<String> row = new ArrayList<>();
      do {
        row.add(value());
      } while (at < text.length() && text.charAt(at++) == ',');
      rows.add(row);
    }
    return rows;
  }

  /** Leaves {@code at} on the comma or line end behind the value. */
  private String value() {
    if (at == text.length() || text.charAt(at) != '"') {
      int start = at;
      while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
        at++;
      }
      return text.substring(start, at);
    }
    StringBuilder value = new StringBuilder();
    int start = at++;
    while (true) {
      int end = text.indexOf('"', at);
      if (end < 0) {
        throw new ReportException(place + ": a quotation mark at character " + start + " is open");
      }
      value.append(text, at, end);
      at = end + 1;
      if (at == text.length() || text.charAt(at) != '"') {
        break;
      }
      value.append('"');
      at++;
    }
    if (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
      throw new ReportException(
          place + ": a comma needed at character " + at + ", '" + text.charAt(at) + "' found");
    }
    return value.toString();
  }
}
