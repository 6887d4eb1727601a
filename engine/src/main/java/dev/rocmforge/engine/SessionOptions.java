package dev.rocmforge.engine;

/**
 * How a session is opened.
 *
 * @param contextLength most tokens the session will hold; 0 takes the model's own context length
 * @param batchSize most prompt tokens run in one pass, at least 1
 * @param kv storage of the KV cache
 */
public record SessionOptions(int contextLength, int batchSize, KvStorage kv) {
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

  /** Keys and values of one type. */
  public SessionOptions(int contextLength, int batchSize, KvType type) {
    this(contextLength, batchSize, KvStorage.of(type));
  }

  public SessionOptions withContextLength(int tokens) {
    return new SessionOptions(tokens, batchSize, kv);
  }

  public SessionOptions withBatchSize(int tokens) {
    return new SessionOptions(contextLength, tokens, kv);
  }

  public SessionOptions withKvType(KvType type) {
    return withKv(KvStorage.of(type));
  }

  public SessionOptions withKv(KvStorage storage) {
    return new SessionOptions(contextLength, batchSize, storage);
  }
}
