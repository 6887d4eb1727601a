package dev.rocmforge.reports.record;

/**
 * Bytes read and written for one token, as declared by the engine, not counted by hardware.
 *
 * @param bytesPerToken averaged over the repetition: for prefill the weights count once a batch; of
 *     an operation, bytes of one
 * @param declaration what is included, such as {@code weights once, KV cache to the mean depth}
 */
public record Traffic(long bytesPerToken, String declaration) {
  public Traffic {
    Require.atLeast(1, bytesPerToken, "traffic.bytesPerToken");
    Require.text(declaration, "traffic.declaration");
  }
}
