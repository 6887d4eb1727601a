package dev.rocmforge.bench.run;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.reports.record.Traffic;

/**
 * The bytes that inference cannot avoid to move: every weight that a pass needs once, the cached
 * keys and values, one embedding row a token. Activations and the state of recurrent models are
 * left out.
 */
final class ModelTraffic {
  private static final String EMBEDDINGS = "token_embd.weight";
  private static final String EXPERTS = "_exps.";
  private static final String DECLARATION =
      "weights once a pass, KV cache read to the depth and written, one embedding row a token";

  private final long denseBytes;
  private final long expertBytes;
  private final double expertShare;
  private final long headBytes;
  private final long rowBytes;
  private final long kvBytes;

  ModelTraffic(Model model, KvStorage kv) {
    rowBytes = model.weights().embeddings().rowBytes();
    headBytes = model.weights().output().data().byteSize();
    long dense = 0;
    long experts = 0;
    for (ModelFile.Entry tensor : model.file().entries()) {
      if (tensor.name().contains(EXPERTS)) {
        experts += tensor.bytes();
      } else if (!tensor.name().equals(EMBEDDINGS)) {
        dense += tensor.bytes();
      }
    }
    // The head is counted apart: a prefill needs it once.
    denseBytes = model.weights().tied() ? dense : dense - headBytes;
    expertBytes = experts;
    switch (model.config().blocks()) {
      case TransformerBlocks blocks -> {
        expertShare =
            blocks.feedForward() instanceof FeedForward.Experts e
                ? (double) e.used() / e.count()
                : 0;
        kvBytes =
            model
                .file()
                .kvLatent()
                .map(latent -> latent.bytes(kv))
                .orElseGet(
                    () ->
                        model.config().layerCount()
                            * kv.bytes(blocks.kvHeads(), blocks.keyLength(), blocks.valueLength()));
      }
      case MambaBlocks _ -> {
        expertShare = 0;
        kvBytes = 0;
      }
    }
  }

  /**
   * Of a decode.
   *
   * @param first position of the first generated token's input
   */
  Traffic decode(int first, int tokens) {
    double meanPositions = first + (tokens + 1) / 2.0;
    double bytes =
        denseBytes
            + expertBytes * expertShare
            + headBytes
            + rowBytes
            + kvBytes * (meanPositions + 1);
    return new Traffic(Math.round(bytes), DECLARATION);
  }

  /** Of a prefill after {@code depth} tokens in batches of {@code batch}. */
  Traffic prefill(int depth, int tokens, int batch) {
    double bytes = headBytes + (double) rowBytes * tokens + (double) kvBytes * tokens;
    for (int done = 0; done < tokens; done += batch) {
      int rows = Math.min(batch, tokens - done);
      bytes += denseBytes + expertBytes * Math.min(1, expertShare * rows);
      bytes += (double) kvBytes * (depth + done + rows);
    }
    return new Traffic(Math.round(bytes / tokens), DECLARATION);
  }
}
