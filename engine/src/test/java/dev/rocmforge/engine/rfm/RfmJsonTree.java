package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Objects from text, for tests outside the package. */
public final class RfmJsonTree {
  private RfmJsonTree() {}

  public static ObjectNode of(String json) {
    try {
      return (ObjectNode) RfmJson.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }
}
