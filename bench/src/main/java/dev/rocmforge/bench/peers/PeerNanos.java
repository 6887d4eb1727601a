package dev.rocmforge.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocmforge.engine.InputException;

/** Times in an answer, read with suspicion. */
final class PeerNanos {
  private PeerNanos() {}

  /**
   * The times under a field.
   *
   * @param count there must be exactly so many, all above 0
   */
  static long[] of(String name, JsonNode answer, String field, int count) {
    JsonNode list = answer.path(field);
    long[] nanos = new long[count];
    boolean right = list.isArray() && list.size() == count;
    for (int i = 0; right && i < count; i++) {
      nanos[i] = list.get(i).asLong();
      right = list.get(i).canConvertToLong() && nanos[i] > 0;
    }
    if (!right) {
      throw new InputException(
          "%s: %d times above 0 under '%s' needed, %s found".formatted(name, count, field, answer));
    }
    return nanos;
  }
}
