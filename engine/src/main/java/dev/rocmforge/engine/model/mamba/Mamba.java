package dev.rocmforge.engine.model.mamba;

import dev.rocmforge.engine.model.Family;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.ModelSource;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mamba 1. The variant with norms on time step, B and C (FalconMamba) is refused. */
public final class Mamba implements Family {
  @Override
  public Set<String> architectures() {
    return Set.of("mamba");
  }

  @Override
  public ModelConfig config(ModelSource source) {
    if (source.flag("ssm.dt_b_c_rms", false)) {
      throw source.refused("mamba.ssm.dt_b_c_rms", "false", true);
    }
    int embedding = source.count("embedding_length");
    return new ModelConfig(
        source.architecture(),
        source.name(),
        source.rows("token_embd.weight", embedding),
        source.count("context_length"),
        embedding,
        source.count("block_count"),
        (float) source.number("attention.layer_norm_rms_epsilon"),
        new MambaBlocks(
            source.count("ssm.inner_size"),
            source.count("ssm.state_size"),
            source.count("ssm.conv_kernel"),
            source.count("ssm.time_step_rank")));
  }

  @Override
  public Weights weights(ModelSource source, ModelConfig config) {
    var blocks = (MambaBlocks) config.blocks();
    int embedding = config.embeddingLength();
    Tensor embeddings = source.matrix("token_embd.weight", config.vocabularySize(), embedding);
    List<LayerWeights> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layerCount(); layer++) {
      layers.add(layer(source, blocks, embedding, "blk." + layer + "."));
    }
    return new Weights(
        embeddings,
        source.vector("output_norm.weight", embedding),
        source.has("output.weight")
            ? source.matrix("output.weight", config.vocabularySize(), embedding)
            : embeddings,
        Optional.empty(),
        layers);
  }

  private static LayerWeights layer(
      ModelSource source, MambaBlocks blocks, int embedding, String prefix) {
    int inner = blocks.innerSize();
    long selected = blocks.timeStepRank() + 2L * blocks.stateSize();
    return new LayerWeights.Mamba(
        source.vector(prefix + "attn_norm.weight", embedding),
        Linear.of(source.product(prefix + "ssm_in.weight", 2L * inner, embedding)),
        new Linear(
            source.matrix(prefix + "ssm_conv1d.weight", inner, blocks.convolutionKernel()),
            Optional.of(source.vector(prefix + "ssm_conv1d.bias", inner))),
        Linear.of(source.product(prefix + "ssm_x.weight", selected, inner)),
        new Linear(
            source.product(prefix + "ssm_dt.weight", inner, blocks.timeStepRank()),
            Optional.of(source.vector(prefix + "ssm_dt.bias", inner))),
        source.matrix(prefix + "ssm_a", inner, blocks.stateSize()),
        source.vector(prefix + "ssm_d", inner),
        Linear.of(source.product(prefix + "ssm_out.weight", embedding, inner)));
  }
}
