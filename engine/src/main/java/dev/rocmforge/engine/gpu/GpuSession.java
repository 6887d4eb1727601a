package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvReader;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A session whose state stays on the device between tokens. A failed device call ends it: all it
 * holds is freed, and later calls say so.
 */
public final class GpuSession implements GreedySession {
  private final GpuBackend backend;
  private final boolean paged;
  private final Model model;
  private final ModelConfig config;
  private final int capacity;
  private final int batchSize;
  private final DeviceRun run;
  private final float[] logits;
  private final int[] single = new int[1];
  private final int[] next = new int[1];
  private int position;

  /** The token that the device picked last and has not run, or -1. */
  private int picked = -1;

  private String ended = "";

  /**
   * @param paged whether experts are
   */
  GpuSession(
      GpuBackend backend, boolean paged, Model model, int capacity, int batchSize, DeviceRun run) {
    this.backend = backend;
    this.paged = paged;
    this.model = model;
    this.config = model.config();
    this.capacity = capacity;
    this.batchSize = batchSize;
    this.run = run;
    this.logits = new float[config.vocabularySize()];
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  /** How decode steps ran so far. */
  public GraphHealth graphHealth() {
    return run.graphHealth();
  }

  /** What paging of experts did so far; empty where all of them are on the device. */
  public Optional<ExpertTraffic> expertTraffic() {
    checkOpen();
    try {
      run.bind();
      return run.expertTraffic();
    } catch (HipException e) {
      throw failed(e);
    }
  }

  @Override
  public float[] prefill(int[] tokens) {
    check(tokens);
    try {
      runAll(tokens);
      return run.downloadLogits(logits, position - 1);
    } catch (HipException e) {
      throw failed(e);
    }
  }

  /**
   * Runs all tokens; the logits of the last one are on the device then. A prompt whose last pass
   * has one token ends by the kernels of prompts, so that its arithmetic is that of any length.
   */
  private void runAll(int[] tokens) {
    picked = -1;
    run.bind();
    boolean singles = (tokens.length == 1 || batchSize == 1) && run.singlesFused();
    for (int from = 0; from < tokens.length; from += batchSize) {
      int batch = Math.min(batchSize, tokens.length - from);
      boolean last = from + batch == tokens.length;
      run.upload(tokens, from, batch, position);
      if (singles) {
        run.single(position);
      } else {
        run.batch(batch, position);
        if (last) {
          run.lastLogits(batch - 1, position);
        }
      }
      position += batch;
      if (!last) {
        run.synchronize();
      }
    }
  }

  @Override
  public void forward(int[] tokens, LogitsSink sink) {
    check(tokens);
    try {
      picked = -1;
      run.bind();
      for (int from = 0; from < tokens.length; from += batchSize) {
        int batch = Math.min(batchSize, tokens.length - from);
        run.upload(tokens, from, batch, position);
        run.batch(batch, position);
        run.allLogits(batch, position, logits, sink);
        position += batch;
      }
    } catch (HipException e) {
      throw failed(e);
    }
  }

  @Override
  public void steps(int[] tokens, LogitsSink sink) {
    check(tokens);
    for (int from = 0; from < tokens.length; ) {
      int count = run.together(position, Math.min(batchSize, tokens.length - from));
      if (count == 1) {
        sink.row(position, step(tokens[from]));
      } else {
        few(tokens, from, count, sink);
      }
      from += count;
    }
  }

  private void few(int[] tokens, int from, int count, LogitsSink sink) {
    try {
      picked = -1;
      run.bind();
      run.upload(tokens, from, count, position);
      position += count;
      run.few(count, position - count, logits, sink);
    } catch (HipException e) {
      throw failed(e);
    }
  }

  @Override
  public float[] step(int token) {
    single[0] = token;
    return prefill(single);
  }

  @Override
  public int prefillGreedy(int[] tokens) {
    check(tokens);
    try {
      runAll(tokens);
      return accepted(run.pick(), position - 1);
    } catch (HipException e) {
      throw failed(e);
    }
  }

  @Override
  public int nextGreedy() {
    nextGreedy(next);
    return next[0];
  }

  @Override
  public void nextGreedy(int[] target) {
    if (begin(target.length)) {
      try {
        for (int i = 0; i < target.length; i++) {
          run.singleGreedy(position + i);
        }
        run.downloadPicked(position + 1, target);
      } catch (HipException e) {
        throw failed(e);
      }
      for (int token : target) {
        accepted(token, position);
        position++;
      }
    }
  }

  @Override
  public void nextGreedy(int count, IntConsumer sink) {
    if (begin(count)) {
      try {
        run.streamGreedy(
            position,
            count,
            token -> {
              accepted(token, position);
              position++;
              sink.accept(token);
            });
      } catch (HipException e) {
        throw failed(e);
      }
    }
  }

  /** Makes ready for steps on the device from the token picked last; whether there are any. */
  private boolean begin(int count) {
    checkOpen();
    if (picked < 0) {
      throw new IllegalStateException("no token was picked: prefillGreedy comes first");
    }
    checkRoom(count);
    if (count == 0) {
      return false;
    }
    try {
      run.bind();
      if (!run.continues(position)) {
        single[0] = picked;
        run.upload(single, 0, 1, position);
      }
      return true;
    } catch (HipException e) {
      throw failed(e);
    }
  }

  private int accepted(int token, int at) {
    if (token < 0) {
      close();
      throw new EnvironmentException(
          "logits after position %d: numbers needed, NaN found".formatted(at));
    }
    picked = token;
    return token;
  }

  /** Device times of the decode steps so far; none unless the backend was opened to profile. */
  public DecodeProfile decodeProfile() {
    return run.profile();
  }

  /** Runs one token launch by launch, without a graph, and times the stages on the device. */
  public DecodeProfile profile(int token) {
    single[0] = token;
    check(single);
    try {
      picked = -1;
      run.bind();
      run.upload(single, 0, 1, position);
      DecodeProfile profile = run.profile(position);
      position++;
      return profile;
    } catch (HipException e) {
      throw failed(e);
    }
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
    if (!run.canRewind(to)) {
      throw new InputException(
          "rewind: the state of %s can only return to 0, %d given".formatted(config.name(), to));
    }
    try {
      run.bind();
      run.rewind(to);
      picked = -1;
      position = to;
    } catch (HipException e) {
      throw failed(e);
    }
  }

  /**
   * The experts that the tokens of the last pass went to.
   *
   * @param rows tokens of that pass
   * @return {@code [layer][rows * used]}, by falling weight; empty without a mixture
   */
  int[][] chosenExperts(int rows) {
    checkOpen();
    if (!(config.blocks() instanceof TransformerBlocks blocks
        && blocks.feedForward() instanceof FeedForward.Experts mixture)) {
      return new int[0][];
    }
    run.bind();
    return run.chosenExperts(config.layerCount(), rows, mixture.used());
  }

  @Override
  public Optional<KvReader> keyValues() {
    checkOpen();
    return run.keyValues(() -> position);
  }

  private HipException failed(HipException cause) {
    ended = "ended by " + cause.getMessage();
    backend.failed(model, paged, run, cause);
    return cause;
  }

  @Override
  public void close() {
    if (ended.isEmpty()) {
      ended = "closed";
      backend.closed(model, paged, run);
    }
  }

  private void checkOpen() {
    if (!ended.isEmpty()) {
      throw new IllegalStateException("the session is " + ended);
    }
  }

  private void checkRoom(int count) {
    if (count > capacity - position) {
      throw new InputException(
          "context: room for %d tokens, %d in use and %d more given"
              .formatted(capacity, position, count));
    }
  }

  private void check(int[] tokens) {
    checkOpen();
    if (tokens.length == 0) {
      throw new InputException("tokens: at least one needed, none given");
    }
    checkRoom(tokens.length);
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= config.vocabularySize()) {
        throw new InputException(
            "token %d of %d: an id of 0 to %d needed, %d given"
                .formatted(i, tokens.length, config.vocabularySize() - 1, tokens[i]));
      }
    }
  }
}
