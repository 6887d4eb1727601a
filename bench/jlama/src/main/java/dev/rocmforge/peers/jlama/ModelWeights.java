package dev.rocmforge.peers.jlama;

import com.github.tjake.jlama.model.DistributedContext;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.TensorInfo;
import com.github.tjake.jlama.safetensors.WeightLoader;
import com.github.tjake.jlama.tensor.AbstractTensor;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.model.Weights;
import dev.rocmforge.engine.quant.QuantType;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The weights of a model under the names that Jlama asks for, those of Hugging Face, each made when
 * it is asked for.
 *
 * <p>Jlama looks up embeddings in F32 or BF16 only, so a tied table of four bits is given twice: as
 * F32 to look up, as four bits for the head. Query and key rows of the Llama family lie in GGUF
 * with the pairs of the rotation side by side and go back to halves.
 */
final class ModelWeights implements WeightLoader {
  private final Map<String, Supplier<AbstractTensor<?, ?>>> tensors = new HashMap<>();
  private final DType type;

  ModelWeights(Model model, TransformerBlocks blocks) {
    Weights weights = model.weights();
    Tensor table = weights.embeddings();
    boolean four = table.type() == QuantType.Q4_0;
    put("model.embed_tokens", () -> four ? JlamaTensors.f32(table) : JlamaTensors.of(table));
    if (four || !weights.tied()) {
      put("lm_head", () -> JlamaTensors.of(weights.output()));
    }
    put("model.norm", weights.outputNorm());
    for (int i = 0; i < weights.layers().size(); i++) {
      layer("model.layers." + i + ".", weights.layers().get(i), blocks);
    }
    type = first(weights.layers().getFirst());
  }

  private static DType first(LayerWeights layer) {
    return JlamaTensors.type(dense(transformer(layer)).up().weight().type());
  }

  private static LayerWeights.Transformer transformer(LayerWeights layer) {
    return switch (layer) {
      case LayerWeights.Transformer transformer -> transformer;
      case LayerWeights.Mamba _ -> throw new AssertionError("blocks of two kinds");
    };
  }

  private static FeedForwardWeights.Dense dense(LayerWeights.Transformer layer) {
    return switch (layer.feedForward()) {
      case FeedForwardWeights.Dense dense -> dense;
      case FeedForwardWeights.Experts _ -> throw new AssertionError("blocks of two kinds");
    };
  }

  private void layer(String prefix, LayerWeights layer, TransformerBlocks blocks) {
    LayerWeights.Transformer transformer = transformer(layer);
    LayerWeights.Attention attention = transformer.attention();
    if (attention.queryNorm().isPresent()) {
      throw new InputException("Jlama: no norm of queries needed, one found");
    }
    put(prefix + "input_layernorm", attention.norm());
    put(prefix + "post_attention_layernorm", transformer.feedForwardNorm());
    rotated(prefix + "self_attn.q_proj", attention.query(), blocks);
    rotated(prefix + "self_attn.k_proj", attention.key(), blocks);
    put(prefix + "self_attn.v_proj", attention.value());
    put(prefix + "self_attn.o_proj", attention.output());
    FeedForwardWeights.Dense dense = dense(transformer);
    put(prefix + "mlp.gate_proj", dense.gate());
    put(prefix + "mlp.up_proj", dense.up());
    put(prefix + "mlp.down_proj", dense.down());
  }

  private void rotated(String name, Linear linear, TransformerBlocks blocks) {
    switch (blocks.rope().pairing()) {
      case HALVES -> put(name, linear);
      case ADJACENT -> {
        if (linear.bias().isPresent()) {
          throw new InputException("Jlama: no bias in a Llama needed, one found");
        }
        put(name, () -> JlamaTensors.of(halves(linear.weight(), blocks.keyLength())));
      }
    }
  }

  /** Row {@code 2i + k} of a head becomes row {@code i + k * length / 2}. */
  private static Tensor halves(Tensor matrix, int length) {
    return RowOrder.of(
        matrix,
        row -> {
          long head = row / length * length;
          long within = row % length;
          long half = length / 2;
          return head + 2 * (within % half) + within / half;
        });
  }

  private void put(String name, Linear linear) {
    put(name, () -> JlamaTensors.of(linear.weight()));
    linear.bias().ifPresent(bias -> tensors.put(name + ".bias", () -> JlamaTensors.f32(bias)));
  }

  private void put(String name, Tensor vector) {
    put(name, () -> JlamaTensors.f32(vector));
  }

  private void put(String name, Supplier<AbstractTensor<?, ?>> tensor) {
    tensors.put(name + ".weight", tensor);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public Map<String, TensorInfo> tensorInfoMap() {
    throw new AssertionError("names are asked for one by one");
  }

  @Override
  public boolean isWeightPresent(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public AbstractTensor<?, ?> load(
      String name, DistributedContext part, boolean sparseRows, boolean sparseColumns) {
    Supplier<AbstractTensor<?, ?>> tensor = tensors.get(name);
    if (tensor == null) {
      throw new InputException("Jlama: it needs " + name + ", the model has none");
    }
    return tensor.get();
  }

  @Override
  public DType getModelDType() {
    return type;
  }

  @Override
  public void close() {
    // The model is its opener's.
  }
}
