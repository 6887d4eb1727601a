package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.KvReader;
import java.util.Optional;

/**
 * A session on the CPU: embedding, blocks, last norm and head, with the checks in front. What the
 * arithmetic is done with is the {@link Operations} it is given.
 */
public final class CpuSession implements Session {
  /** Rows of logits computed in one pass over the head when every position's are wanted. */
  private static final int HEAD_ROWS = 16;

  private final ModelConfig config;
  private final Tensor embeddings;
  private final Operations operations;
  private final Observer observer;
  private final ForwardPass pass;
  private final int capacity;
  private final int batchSize;
  private final float[] x;
  private final float[] normed;
  private final float[] outputNorm;
  private final float[] logits;
  private final Product[] head;
  private final Linear headWeights;
  private final int[] single = new int[1];
  private Product[] wideHead;
  private int position;
  private boolean closed;

  /**
   * @throws InputException if the options do not fit the model
   * @throws EnvironmentException if the machine cannot hold the session
   */
  public CpuSession(Model model, SessionOptions options, Operations operations, Probe probe) {
    config = model.config();
    this.operations = operations;
    observer = new Observer(probe);
    capacity = capacity(model, options);
    batchSize = Math.min(options.batchSize(), capacity);
    checkScratch(model, batchSize);
    embeddings = model.weights().embeddings();
    int width = config.embeddingLength();
    x = new float[batchSize * width];
    normed = new float[Math.max(HEAD_ROWS, 1) * width];
    outputNorm = model.weights().outputNorm().decode();
    logits = new float[config.vocabularySize()];
    headWeights = Linear.of(model.weights().output());
    head = new Product[] {new Product(headWeights, logits)};
    pass =
        switch (config.blocks()) {
          case TransformerBlocks blocks ->
              new TransformerPass(
                  config,
                  model.weights(),
                  cache(model, options, blocks),
                  options.adaState() || model.file().adaState(),
                  batchSize,
                  operations,
                  observer);
          case MambaBlocks _ ->
              new MambaPass(config, model.weights(), batchSize, operations, observer);
        };
  }

  private KvCache cache(Model model, SessionOptions options, TransformerBlocks blocks) {
    Optional<KvLatent> latent = options.latent().or(() -> model.file().kvLatent());
    if (latent.isEmpty()) {
      return KvCache.of(
          options.kv(),
          config.layerCount(),
          blocks.kvHeads(),
          blocks.keyLength(),
          blocks.valueLength(),
          capacity);
    }
    KvLatent.Layer first = latent.get().layers().getFirst();
    int keyWidth = blocks.kvHeads() * blocks.keyLength();
    int valueWidth = blocks.kvHeads() * blocks.valueLength();
    if (latent.get().layers().size() != config.layerCount()
        || first.keys().width() != keyWidth
        || first.values().width() != valueWidth) {
      throw new InputException(
          "%s: latent KV of %d layers, keys of %d and values of %d needed; %d, %d and %d found"
              .formatted(
                  model.file().path(),
                  config.layerCount(),
                  keyWidth,
                  valueWidth,
                  latent.get().layers().size(),
                  first.keys().width(),
                  first.values().width()));
    }
    return KvCache.of(
        options.kv(), latent.get(), blocks.keyLength(), blocks.valueLength(), capacity);
  }

  /**
   * Tokens that a session with these options can hold.
   *
   * @throws InputException if more are asked for than the model was made for
   */
  public static int capacity(Model model, SessionOptions options) {
    int most = model.config().contextLength();
    if (options.contextLength() > most) {
      throw new InputException(
          "%s: context of %d tokens asked for, %s was made for %d"
              .formatted(
                  model.file().path(), options.contextLength(), model.config().name(), most));
    }
    return options.contextLength() == 0 ? most : options.contextLength();
  }

  /** Batch rows are Java arrays: the widest must stay indexable. */
  private static void checkScratch(Model model, int batch) {
    int width = model.config().embeddingLength();
    int widest =
        switch (model.config().blocks()) {
          case TransformerBlocks blocks ->
              Math.max(
                  Math.max(blocks.queryWidth(), blocks.attentionWidth()),
                  switch (blocks.feedForward()) {
                    case FeedForward.Dense dense -> dense.length();
                    case FeedForward.Experts experts ->
                        Math.max(
                            experts.count(), Math.max(experts.length(), experts.sharedLength()));
                  });
          case MambaBlocks blocks -> 2 * blocks.innerSize();
        };
    long elements = (long) batch * Math.max(width, widest);
    if (elements > Integer.MAX_VALUE - 8) {
      throw new EnvironmentException(
          "batch of %d tokens: %d elements in the widest buffer, %d can be addressed"
              .formatted(batch, elements, Integer.MAX_VALUE - 8));
    }
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public float[] prefill(int[] tokens) {
    check(tokens);
    int last = 0;
    for (int from = 0; from < tokens.length; from += batchSize) {
      int batch = Math.min(batchSize, tokens.length - from);
      runBlocks(tokens, from, batch);
      last = batch - 1;
    }
    return lastLogits(last);
  }

  @Override
  public void forward(int[] tokens, LogitsSink sink) {
    run(tokens, batchSize, sink);
  }

  @Override
  public void steps(int[] tokens, LogitsSink sink) {
    run(tokens, Math.min(batchSize, operations.exactRows()), sink);
  }

  private void run(int[] tokens, int most, LogitsSink sink) {
    check(tokens);
    if (wideHead == null) {
      float[] rows = new float[HEAD_ROWS * config.vocabularySize()];
      wideHead = new Product[] {new Product(headWeights, rows)};
    }
    for (int from = 0; from < tokens.length; from += most) {
      int batch = Math.min(most, tokens.length - from);
      runBlocks(tokens, from, batch);
      handOver(batch, sink);
    }
  }

  @Override
  public float[] step(int token) {
    single[0] = token;
    check(single);
    runBlocks(single, 0, 1);
    return lastLogits(0);
  }

  @Override
  public void rewind(int to) {
    checkOpen();
    if (to < 0 || to > position) {
      throw new InputException("rewind: position 0 to %d needed, %d given".formatted(position, to));
    }
    if (to == position) {
      return;
    }
    if (!pass.canRewind(to)) {
      throw new InputException(
          "rewind: the state of %s can only return to 0, %d given".formatted(config.name(), to));
    }
    pass.rewind(to);
    position = to;
  }

  @Override
  public Optional<KvReader> keyValues() {
    return pass.keyValues();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      operations.close();
    }
  }

  private void runBlocks(int[] tokens, int from, int batch) {
    operations.embed(embeddings, tokens, from, batch, x);
    observer.see(Stage.EMBEDDING, -1, x, batch, config.embeddingLength(), position);
    pass.run(x, batch, position);
    position += batch;
  }

  /** Logits of row {@code row} of the batch just run, which is the last. */
  private float[] lastLogits(int row) {
    int width = config.embeddingLength();
    System.arraycopy(x, row * width, normed, 0, width);
    operations.rmsNorm(normed, 1, outputNorm, config.normEpsilon(), normed);
    observer.see(Stage.OUTPUT_NORM, -1, normed, 1, width, position - 1);
    operations.multiply(head, normed, 1);
    observer.see(Stage.LOGITS, -1, logits, 1, logits.length, position - 1);
    return logits;
  }

  private void handOver(int batch, LogitsSink sink) {
    int width = config.embeddingLength();
    int first = position - batch;
    for (int from = 0; from < batch; from += HEAD_ROWS) {
      int rows = Math.min(HEAD_ROWS, batch - from);
      System.arraycopy(x, from * width, normed, 0, rows * width);
      operations.rmsNorm(normed, rows, outputNorm, config.normEpsilon(), normed);
      observer.see(Stage.OUTPUT_NORM, -1, normed, rows, width, first + from);
      operations.multiply(wideHead, normed, rows);
      float[] all = wideHead[0].result();
      observer.see(Stage.LOGITS, -1, all, rows, logits.length, first + from);
      for (int row = 0; row < rows; row++) {
        System.arraycopy(all, row * logits.length, logits, 0, logits.length);
        sink.row(first + from + row, logits);
      }
    }
  }

  private void check(int[] tokens) {
    checkOpen();
    if (tokens.length == 0) {
      throw new InputException("tokens: at least one needed, none given");
    }
    if (tokens.length > capacity - position) {
      throw new InputException(
          "context: room for %d tokens, %d in use and %d more given"
              .formatted(capacity, position, tokens.length));
    }
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= config.vocabularySize()) {
        throw new InputException(
            "token %d of %d: an id of 0 to %d needed, %d given"
                .formatted(i, tokens.length, config.vocabularySize() - 1, tokens[i]));
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }
}
