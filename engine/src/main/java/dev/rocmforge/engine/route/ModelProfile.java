package dev.rocmforge.engine.route;

import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.model.CompressedMatrix;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.quant.QuantType;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the router looks at in a model.
 *
 * @param architecture {@code general.architecture}
 * @param types formats of the blocks' matrices; embeddings, head, norms and routers do not count,
 *     since files of one format keep those in another
 * @param svd carries low-rank corrections
 * @param sparse has sparse matrices
 * @param mpo has matrices in matrix-product form
 * @param moe has a mixture of experts
 * @param ssm has state-space blocks
 */
public record ModelProfile(
    String architecture,
    Set<QuantType> types,
    boolean svd,
    boolean sparse,
    boolean mpo,
    boolean moe,
    boolean ssm) {

  public ModelProfile {
    types = Set.copyOf(types);
  }

  /** The profile of an opened model; only {@code .rfm} models are svd, sparse or mpo. */
  public static ModelProfile of(Model model) {
    boolean ssm = model.config().blocks() instanceof MambaBlocks;
    boolean moe =
        model.config().blocks() instanceof TransformerBlocks blocks
            && blocks.feedForward() instanceof FeedForward.Experts;
    return new ModelProfile(
        model.config().architecture(),
        BlockMatrices.types(model.weights()),
        any(model, matrix -> matrix.lowRank().isPresent() && !product(matrix)),
        any(model, matrix -> matrix.sparse().isPresent()),
        any(model, ModelProfile::product),
        moe,
        ssm);
  }

  private static boolean any(Model model, Predicate<CompressedMatrix> trait) {
    return BlockMatrices.compressed(model.weights()).anyMatch(trait);
  }

  /** Whether nothing is there but a product of two sites. */
  private static boolean product(CompressedMatrix matrix) {
    return matrix.blocks().isEmpty() && matrix.sparse().isEmpty();
  }

  /** Whether every matrix of the blocks has this format. */
  public boolean pure(QuantType type) {
    return types.equals(Set.of(type));
  }

  /** The word of the profile line: one format, or all of a mixture in the table's order. */
  public String quantClass() {
    String names = types.stream().sorted().map(QuantType::name).collect(Collectors.joining("+"));
    return switch (types.size()) {
      case 0 -> "none";
      case 1 -> names;
      default -> "Mixed(" + names + ")";
    };
  }

  /** {@code arch=qwen2, quant=Q4_0} and a word for each trait that is there. */
  @Override
  public String toString() {
    return "arch="
        + architecture
        + ", quant="
        + quantClass()
        + (svd ? ", svd" : "")
        + (sparse ? ", sparse" : "")
        + (mpo ? ", mpo" : "")
        + (moe ? ", moe" : "")
        + (ssm ? ", ssm" : "");
  }
}
