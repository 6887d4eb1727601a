package dev.rocmforge.engine.route;

import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.FeedForwardWeights;
import dev.rocmforge.engine.model.LayerWeights;
import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.MatrixStack;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.Weights;
import dev.rocmforge.engine.quant.QuantType;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** The large matrices of a model's blocks: those that quantization is about. */
final class BlockMatrices {
  private BlockMatrices() {}

  static Set<QuantType> types(Weights weights) {
    Set<QuantType> types = EnumSet.noneOf(QuantType.class);
    matrices(weights)
        .forEach(
            matrix -> {
              if (matrix instanceof Tensor tensor) {
                types.add(tensor.type());
              }
              compressed(matrix)
                  .flatMap(part -> part.blocks().stream())
                  .forEach(part -> types.add(part.type()));
            });
    return types;
  }

  /** The compressed matrices of blocks, each of a stack by itself. */
  static Stream<CompressedMatrix> compressed(Weights weights) {
    return matrices(weights).flatMap(BlockMatrices::compressed);
  }

  private static Stream<CompressedMatrix> compressed(Matrix matrix) {
    return switch (matrix) {
      case Tensor _ -> Stream.empty();
      case CompressedMatrix one -> Stream.of(one);
      case MatrixStack stack -> stack.parts().stream();
    };
  }

  private static Stream<Matrix> matrices(Weights weights) {
    return weights.layers().stream().flatMap(BlockMatrices::of);
  }

  private static Stream<Matrix> of(LayerWeights layer) {
    return switch (layer) {
      case LayerWeights.Transformer(var attention, _, var feedForward) ->
          Stream.concat(of(attention), of(feedForward));
      case LayerWeights.Mamba mamba -> linear(mamba.input(), mamba.output());
    };
  }

  private static Stream<Matrix> of(LayerWeights.Attention attention) {
    return linear(attention.query(), attention.key(), attention.value(), attention.output());
  }

  private static Stream<Matrix> of(FeedForwardWeights feedForward) {
    return switch (feedForward) {
      case FeedForwardWeights.Dense(var gate, var up, var down) -> linear(gate, up, down);
      case FeedForwardWeights.Experts experts ->
          Stream.concat(
              Stream.of(experts.gate(), experts.up(), experts.down()),
              experts.shared().stream().flatMap(shared -> of(shared.expert())));
    };
  }

  private static Stream<Matrix> linear(Linear... products) {
    return Stream.of(products).map(Linear::matrix);
  }
}
