package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.session.KvCache;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the loops of a decode step on little data until the compiler has seen enough of them. Until
 * it has, every vector is an object and a step takes a second. Results go nowhere.
 */
final class WarmUp {
  /** Enough with the thresholds that the launcher sets; with the JVM's own a part is left. */
  private static final int ROUNDS = 40;

  private static final int POSITIONS = 8;
  private static final int ACTIVATIONS = 512;

  private WarmUp() {}

  static void run(Model model, KvStorage kv) {
    ModelConfig config = model.config();
    List<Product[]> products = products(model);
    try (WorkerPool caller = new WorkerPool(1);
        VectorOperations operations = new VectorOperations(caller, config, POSITIONS)) {
      int widest = Math.max(ACTIVATIONS, VectorOperations.widest(config));
      float[] x = new float[widest];
      float[] y = new float[widest];
      float[] norm = new float[config.embeddingLength()];
      Runnable attention = attention(operations, config, kv);
      for (int round = 0; round < ROUNDS; round++) {
        for (Product[] product : products) {
          operations.multiply(product, x, 1);
        }
        operations.rmsNorm(x, 1, norm, config.normEpsilon(), y);
        operations.swiGlu(x, x, ACTIVATIONS, y);
        attention.run();
      }
    }
  }

  /** A panel of each type that has panels. */
  private static List<Product[]> products(Model model) {
    Map<QuantType, Tensor> panels = new EnumMap<>(QuantType.class);
    for (GgufTensor found : model.file().tensors()) {
      List<Long> shape = found.shape();
      if (shape.size() == 2
          && shape.get(1) >= PanelWords.ROWS
          && PanelFormat.of(found.type()).isPresent()) {
        int cols = Math.toIntExact(shape.get(0));
        Tensor whole = new Tensor(found.name(), found.type(), shape.get(1), cols, found.data());
        panels.putIfAbsent(found.type(), whole.slice(0, PanelWords.ROWS));
      }
    }
    List<Product[]> products = new ArrayList<>();
    for (Tensor panel : panels.values()) {
      products.add(new Product[] {new Product(Linear.of(panel), new float[PanelWords.ROWS])});
    }
    return products;
  }

  /** Of one token behind a few. */
  private static Runnable attention(VectorOperations operations, ModelConfig config, KvStorage kv) {
    if (!(config.blocks() instanceof TransformerBlocks blocks)) {
      return () -> {};
    }
    KvCache cache =
        KvCache.of(kv, 1, blocks.kvHeads(), blocks.keyLength(), blocks.valueLength(), POSITIONS);
    cache.reserve(POSITIONS);
    float[] keys = new float[POSITIONS * blocks.keyWidth()];
    float[] values = new float[POSITIONS * blocks.valueWidth()];
    cache.store(0, 0, POSITIONS, keys, values);
    float[] queries = new float[blocks.queryWidth()];
    float[] out = new float[blocks.attentionWidth()];
    return () -> operations.attention(blocks, cache, 0, queries, 1, POSITIONS - 1, out);
  }
}
