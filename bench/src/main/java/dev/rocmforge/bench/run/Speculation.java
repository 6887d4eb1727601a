package dev.rocmforge.bench.run;

import dev.rocmforge.engine.speculative.AdaptiveLength;
import dev.rocmforge.engine.speculative.DraftLength;
import dev.rocmforge.engine.speculative.FixedLength;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Speculative decoding as a person asks for it.
 *
 * @param draftModel the model that drafts; without one the text drafts for itself
 * @param most tokens of a draft, 0 to {@value #LONGEST}; 0 is plain decoding
 * @param adaptive whether the length follows what pays
 */
public record Speculation(Optional<Path> draftModel, int most, boolean adaptive) {
  /** Longer drafts are confirmed too seldom to be worth their memory. */
  public static final int LONGEST = 64;

  /** Fixed or adaptive, with nothing learnt yet. */
  DraftLength length() {
    return adaptive && most > 0 ? new AdaptiveLength(most) : new FixedLength(most);
  }

  /** As in settings of a record: {@code up to 4}. */
  String words() {
    return (adaptive ? "up to " : "") + most;
  }
}
