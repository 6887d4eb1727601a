package dev.rocmforge.peers.jlama;

import com.github.tjake.jlama.math.ActivationFunction;
import com.github.tjake.jlama.math.VectorMath;
import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.functions.SampleOutput;
import com.github.tjake.jlama.model.llama.LlamaConfig;
import com.github.tjake.jlama.model.llama.LlamaModel;
import com.github.tjake.jlama.model.qwen2.Qwen2Config;
import com.github.tjake.jlama.model.qwen2.Qwen2Model;
import com.github.tjake.jlama.safetensors.Config;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.WeightLoader;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.tensor.operations.TensorOperations;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * A model in Jlama and one sequence of tokens. Its options are those of Jlama's own command line:
 * values of 32 bits, activations of 8 bits where it has a product for them.
 */
final class JlamaEngine {
  private static final String VERSION = "Jlama 0.8.4";

  private final Loaded loaded;
  private final TensorOperations products;
  private final int batch;
  private final KvBufferCache.KvBuffer cache;
  private final AbstractTensor<?, ?> logits;
  private int position;

  /** What a Jlama model keeps to itself. */
  private interface Loaded {
    AbstractModel model();

    SampleOutput head();
  }

  private static final class Llama extends LlamaModel implements Loaded {
    Llama(Config config, WeightLoader weights) {
      super(config, weights, null, DType.F32, DType.I8, Optional.empty());
    }

    @Override
    public AbstractModel model() {
      return this;
    }

    @Override
    public SampleOutput head() {
      return sampleOutput;
    }
  }

  private static final class Qwen2 extends Qwen2Model implements Loaded {
    Qwen2(Config config, WeightLoader weights) {
      super(config, weights, null, DType.F32, DType.I8, Optional.empty());
    }

    @Override
    public AbstractModel model() {
      return this;
    }

    @Override
    public SampleOutput head() {
      return sampleOutput;
    }
  }

  /**
   * @param context tokens that will be run
   * @param batch most tokens at once
   * @throws InputException if Jlama does not run such a model
   */
  JlamaEngine(Model model, int context, int batch) {
    this.batch = batch;
    products = NativeProducts.choose(model);
    loaded = load(model, context);
    cache = new KvBufferCache(loaded.model()).getKvBuffer(new UUID(0, 0));
    logits = loaded.model().makeDenseTensor(1, vocabulary());
  }

  private static Loaded load(Model model, int context) {
    ModelConfig config = model.config();
    if (!(config.blocks() instanceof TransformerBlocks blocks)
        || !(blocks.feedForward() instanceof FeedForward.Dense dense)) {
      throw refused(config, "a dense transformer needed");
    }
    Rope rope = blocks.rope();
    int head = config.embeddingLength() / blocks.heads();
    if (blocks.keyLength() != head
        || blocks.valueLength() != head
        || rope.dimensions() != head
        || rope.positionScale() != 1
        || model.weights().ropeFactors().isPresent()) {
      throw refused(config, "heads that share the width and a plain rotation needed");
    }
    // It finds the rotation of a further key head two positions on, so its table must be longer;
    // and it pages the
    // cache by the context it is told, in pages of one token if that is short.
    int length = Math.max(config.contextLength(), context + 2 * blocks.kvHeads());
    return switch (config.architecture()) {
      case "llama" ->
          new Llama(
              new LlamaConfig(
                  length,
                  config.embeddingLength(),
                  dense.length(),
                  blocks.heads(),
                  blocks.kvHeads(),
                  config.layerCount(),
                  config.normEpsilon(),
                  config.vocabularySize(),
                  0,
                  0,
                  ActivationFunction.Type.SILU,
                  rope.base(),
                  null),
              new ModelWeights(model, blocks));
      case "qwen2" ->
          new Qwen2(
              new Qwen2Config(
                  length,
                  config.embeddingLength(),
                  dense.length(),
                  blocks.heads(),
                  blocks.kvHeads(),
                  config.layerCount(),
                  config.normEpsilon(),
                  config.vocabularySize(),
                  0,
                  0,
                  ActivationFunction.Type.SILU,
                  rope.base()),
              new ModelWeights(model, blocks));
      default -> throw refused(config, "llama or qwen2 needed");
    };
  }

  private static InputException refused(ModelConfig config, String needed) {
    return new InputException(
        "Jlama: %s, %s of architecture %s found"
            .formatted(needed, config.name(), config.architecture()));
  }

  /** Version, and whether its products are those in C or in Java. */
  String name() {
    return VERSION + ", " + products.name();
  }

  int vocabulary() {
    return loaded.model().getConfig().vocabularySize;
  }

  /** Tokens in the cache. */
  int position() {
    return position;
  }

  /** Other tokens follow. */
  void forget() {
    position = 0;
  }

  /** Back to an earlier position: what lies behind is written over. */
  void goTo(int depth) {
    if (depth > position) {
      throw new InputException("position %d needed, %d found".formatted(depth, position));
    }
    position = depth;
  }

  /**
   * Runs tokens, in batches where they are several.
   *
   * @return logits after the last
   */
  float[] run(int[] tokens) {
    int done = 0;
    while (true) {
      int now = NativeProducts.rightBatch(Math.min(batch, tokens.length - done));
      try (AbstractTensor<?, ?> all = forward(Arrays.copyOfRange(tokens, done, done + now))) {
        position += now;
        done += now;
        if (done == tokens.length) {
          return logits(all.slice(all.shape().first() - 1));
        }
      }
    }
  }

  private AbstractTensor<?, ?> forward(int[] tokens) {
    AbstractModel model = loaded.model();
    return tokens.length == 1
        ? model.forward(tokens[0], position, cache, Optional.empty())
        : model.batchForward(tokens, position, cache);
  }

  /** As its sampling does, without the choice. */
  private float[] logits(AbstractTensor<?, ?> last) {
    Config config = loaded.model().getConfig();
    try (AbstractTensor<?, ?> normed = loaded.head().getOutputLayerNorm().forward(last)) {
      VectorMath.pchunk(
          0,
          config.vocabularySize,
          (start, size) ->
              products.dotProductChunk(
                  logits,
                  normed,
                  loaded.head().getOutputLogitsWeights(),
                  0,
                  config.embeddingLength,
                  start,
                  size));
    }
    float[] values = new float[config.vocabularySize];
    logits
        .getMemorySegment()
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .get(values);
    return values;
  }
}
