package dev.rocmforge.engine;

import dev.rocmforge.engine.compress.KvLatent;
import java.util.Optional;

/**
 * How a session is opened.
 *
 * @param contextLength most tokens the session will hold; 0 takes the model's own context length
 * @param batchSize most prompt tokens run in one pass, at least 1
 * @param kv storage of the KV cache
 * @param latent keys and values as latents instead; none takes what the model's file says
 * @param adaState attention scores over {@code 0.1 norm(q) + 0.9}, with the norm of the query head
 *     after rotation; also where the model's file says so
 */
public record SessionOptions(
    int contextLength, int batchSize, KvStorage kv, Optional<KvLatent> latent, boolean adaState) {
  /** 512 tokens a pass, f32 cache, the model's own context length. */
  public static final SessionOptions DEFAULT = new SessionOptions(0, 512, KvType.F32);

  public SessionOptions {
    if (contextLength < 0) {
      throw new InputException("context length: at least 1 needed, " + contextLength + " given");
    }
    if (batchSize < 1) {
      throw new InputException("batch size: at least 1 needed, " + batchSize + " given");
    }
  }

  /** Nothing but what the model's file says. */
  public SessionOptions(int contextLength, int batchSize, KvStorage kv) {
    this(contextLength, batchSize, kv, Optional.empty(), false);
  }

  /** Keys and values of one type. */
  public SessionOptions(int contextLength, int batchSize, KvType type) {
    this(contextLength, batchSize, KvStorage.of(type));
  }

  public SessionOptions withContextLength(int tokens) {
    return new SessionOptions(tokens, batchSize, kv, latent, adaState);
  }

  public SessionOptions withBatchSize(int tokens) {
    return new SessionOptions(contextLength, tokens, kv, latent, adaState);
  }

  public SessionOptions withKvType(KvType type) {
    return withKv(KvStorage.of(type));
  }

  public SessionOptions withKv(KvStorage storage) {
    return new SessionOptions(contextLength, batchSize, storage, latent, adaState);
  }

  public SessionOptions withLatent(KvLatent projections) {
    return new SessionOptions(contextLength, batchSize, kv, Optional.of(projections), adaState);
  }

  public SessionOptions withAdaState(boolean on) {
    return new SessionOptions(contextLength, batchSize, kv, latent, on);
  }
}
