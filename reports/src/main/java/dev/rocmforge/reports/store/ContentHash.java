package dev.rocmforge.reports.store;

import dev.rocmforge.reports.record.HistoryEntry;
import dev.rocmforge.reports.record.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identity of a record: the SHA-256 of its one JSON line, so that equal records meet wherever they
 * come from.
 *
 * @param hex lower-case digits
 */
record ContentHash(String hex) {
  static ContentHash of(HistoryEntry record) {
    return of(RecordCodec.line(record));
  }

  /** Of a line as {@link RecordCodec#line} writes it, without its end. */
  static ContentHash of(String line) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return new ContentHash(
          HexFormat.of().formatHex(digest.digest(line.getBytes(StandardCharsets.UTF_8))));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
