package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * Whether a run ended as planned.
 *
 * @param completeness complete, or partial: what was measured until then is kept
 * @param reason why it is partial, such as {@code interrupted by Ctrl-C}
 */
public record Status(Completeness completeness, Optional<String> reason) {
  /** Whether everything planned was measured. */
  public enum Completeness {
    @JsonProperty("complete")
    COMPLETE,
    @JsonProperty("partial")
    PARTIAL
  }

  public Status {
    Require.present(completeness, "status.completeness");
    Require.present(reason, "status.reason");
    Require.that(
        (completeness == Completeness.PARTIAL) == reason.isPresent(),
        "status.reason",
        "a reason exactly when partial",
        completeness + ", " + reason.orElse("none"));
  }

  public static Status complete() {
    return new Status(Completeness.COMPLETE, Optional.empty());
  }

  public static Status partial(String reason) {
    return new Status(Completeness.PARTIAL, Optional.of(Require.text(reason, "status.reason")));
  }
}
