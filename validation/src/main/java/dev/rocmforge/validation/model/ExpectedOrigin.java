package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Where a NaN in a tensor must be seen first, from the tensor's name and the architecture alone.
 *
 * @param layer block number, or -1 outside the blocks
 * @param stage the operation that reads the tensor
 * @param reachesLogits whether the last token's logits depend on it
 */
record ExpectedOrigin(int layer, Stage stage, boolean reachesLogits) {
  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");
  private static final Pattern BLOCK_BARE = Pattern.compile("blk\\.(\\d+)\\.(\\w+)");

  /**
   * The origin of a placement; empty if the prompt cannot reach it.
   *
   * @param fused whether the path adds a product to the residual stream in one launch, and runs
   *     gate, up and activation of experts in one
   */
  static Optional<ExpectedOrigin> of(
      NanPlacement placement, Model model, int[] prompt, RoutedExperts routed, boolean fused) {
    String name = placement.tensor().name();
    return switch (name) {
      case "token_embd.weight" -> embedding(placement, model, prompt);
      case "output_norm.weight" -> at(-1, Stage.OUTPUT_NORM);
      case "output.weight" -> at(-1, Stage.LOGITS);
      case "rope_freqs.weight" -> at(0, Stage.ROTATED_QUERY);
      default -> block(placement, model, routed, fused);
    };
  }

  private static Optional<ExpectedOrigin> at(int layer, Stage stage) {
    return Optional.of(new ExpectedOrigin(layer, stage, true));
  }

  private static Optional<ExpectedOrigin> embedding(
      NanPlacement placement, Model model, int[] prompt) {
    if (IntStream.of(prompt).anyMatch(token -> token == placement.row())) {
      return at(-1, Stage.EMBEDDING);
    }
    return model.weights().tied() ? at(-1, Stage.LOGITS) : Optional.empty();
  }

  private static Optional<ExpectedOrigin> block(
      NanPlacement placement, Model model, RoutedExperts routed, boolean fused) {
    String name = placement.tensor().name();
    Matcher parts = BLOCK.matcher(name);
    if (!parts.matches()) {
      parts = BLOCK_BARE.matcher(name);
      if (!parts.matches()) {
        throw new AssertionError("tensor " + name + ": no operation is known to read it");
      }
    }
    int layer = Integer.parseInt(parts.group(1));
    String part = parts.group(2);
    if (!part.endsWith("_exps")) {
      return at(layer, stage(part, fused));
    }
    int expert = expert(placement, model);
    boolean last = layer == model.config().layerCount() - 1;
    return routed.uses(layer, expert)
        ? Optional.of(
            new ExpectedOrigin(
                layer, stage(part, fused), !last || routed.lastTokenUses(layer, expert)))
        : Optional.empty();
  }

  /** Rows of a stack belong to the experts in order. */
  private static int expert(NanPlacement placement, Model model) {
    if (model.config().blocks() instanceof TransformerBlocks blocks
        && blocks.feedForward() instanceof FeedForward.Experts experts) {
      return (int) (placement.row() / (placement.tensor().rows() / experts.count()));
    }
    throw new AssertionError(placement.tensor().name() + ": a model without experts");
  }

  private static Stage stage(String part, boolean fused) {
    return switch (part) {
      case "attn_norm" -> Stage.ATTENTION_NORM;
      case "attn_q" -> Stage.QUERY;
      case "attn_k" -> Stage.KEY;
      case "attn_v" -> Stage.VALUE;
      case "attn_q_norm" -> Stage.QUERY_NORM;
      case "attn_k_norm" -> Stage.KEY_NORM;
      case "attn_output" -> fused ? Stage.ATTENTION_RESIDUAL : Stage.ATTENTION_OUTPUT;
      case "ffn_norm" -> Stage.FEED_FORWARD_NORM;
      case "ffn_gate", "ffn_gate_shexp" -> Stage.GATE;
      case "ffn_up", "ffn_up_shexp" -> Stage.UP;
      case "ffn_down", "ffn_down_shexp" -> fused ? Stage.BLOCK_OUTPUT : Stage.FEED_FORWARD_OUTPUT;
      case "ffn_gate_inp" -> Stage.ROUTER;
      case "ffn_gate_inp_shexp" -> Stage.SHARED_ROUTER;
      case "ffn_gate_exps" -> fused ? Stage.ACTIVATION : Stage.GATE;
      case "ffn_up_exps" -> fused ? Stage.ACTIVATION : Stage.UP;
      case "ffn_down_exps" -> Stage.EXPERT_OUTPUT;
      case "ssm_in" -> Stage.SSM_INPUT;
      case "ssm_conv1d" -> Stage.SSM_CONVOLUTION;
      case "ssm_x" -> Stage.SSM_SELECTION;
      case "ssm_dt" -> Stage.SSM_TIME_STEP;
      case "ssm_a", "ssm_d" -> Stage.SSM_SCAN;
      case "ssm_out" -> fused ? Stage.BLOCK_OUTPUT : Stage.SSM_OUTPUT;
      default -> throw new AssertionError("tensor " + part + ": no operation is known to read it");
    };
  }
}
