package dev.rocmforge.engine.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the router chose.
 *
 * @param profile the model
 * @param path the way to run it
 * @param reason the rule that decided, with its values
 * @param documented the documented table's path with its reason, where it is another one
 */
public record Route(
    ModelProfile profile, InferencePath path, String reason, Optional<String> documented) {

  /** The router's lines, the first two as documented. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("[Router] Model profile: " + profile);
    lines.add("[Router] Selected path: " + path);
    lines.add("[Router] Reason: " + reason);
    documented.ifPresent(
        other ->
            lines.add("[Router] Documented table: " + other + "; --router documented keeps it"));
    return lines;
  }
}
