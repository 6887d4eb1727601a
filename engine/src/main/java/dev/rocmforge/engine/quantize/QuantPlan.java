package dev.rocmforge.engine.quantize;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tensor of a model gets which format. The choice is that of llama-quantize without an
 * importance matrix, for the recipes of {@link QuantRecipe}:
 *
 * <ul>
 *   <li>Tensors of one dimension, norms, the router of a mixture of experts, the convolution of a
 *       state-space model and everything whose name does not end with {@code weight} stay as they
 *       are.
 *   <li>The head, {@code output.weight} or a tied {@code token_embd.weight}, gets Q6_K; Q8_0 where
 *       the recipe's format is Q8_0 or does not divide its rows.
 *   <li>{@code attn_v} gets Q6_K in the M mixes in the {@linkplain #extraBits layers with more
 *       bits}, Q5_K in the first four layers of Q4_K_S, Q8_0 in a model of 8 experts, and never
 *       less than Q5_K in one of 80 layers.
 *   <li>{@code ffn_down} gets Q6_K in the M mixes in the layers with more bits, and Q5_K in the
 *       first eighth of the layers of Q4_K_S.
 *   <li>In a model of 8 experts {@code attn_k} gets Q8_0, and {@code attn_output} Q5_K under Q4_K_S
 *       and Q4_K_M.
 *   <li>Where rows are no whole number of blocks: Q4_K becomes Q5_0, Q5_K becomes Q5_1, Q6_K
 *       becomes Q8_0, and what does not divide by 32 then becomes F16.
 * </ul>
 *
 * <p>Public Q4_0 files with Q4_1 in the first {@code ffn_down} layers were made with an importance
 * matrix or by older rules; without a matrix today's rule is Q4_0 throughout, and so it is here.
 *
 * @param recipe what was asked
 * @param choices one a tensor, in the order of the file
 */
public record QuantPlan(QuantRecipe recipe, List<Choice> choices) {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\..*");
  private static final List<String> KEPT =
      List.of("_norm.weight", "ffn_gate_inp.weight", "ssm_conv1d");

  public QuantPlan {
    choices = List.copyOf(choices);
  }

  /**
   * What becomes of one tensor.
   *
   * @param wanted by the recipe
   * @param type {@code wanted}, or what stands in for it because its blocks do not divide the rows
   */
  public record Choice(GgufTensor tensor, QuantType wanted, QuantType type) {
    /** Whether another format stands in for the wanted one. */
    public boolean fellBack() {
      return type != wanted;
    }
  }

  /**
   * The facts about a model that choices depend on.
   *
   * @param experts 0 for a dense model
   */
  public record Facts(String architecture, int layers, int experts) {
    static Facts of(GgufMetadata metadata) {
      String architecture = metadata.text("general.architecture").orElse("");
      return new Facts(
          architecture,
          (int) metadata.integer(architecture + ".block_count").orElse(0),
          (int) metadata.integer(architecture + ".expert_count").orElse(0));
    }
  }

  /**
   * Plans a model.
   *
   * @param pure every matrix gets the recipe's format, without exceptions by tensor
   * @throws InputException if a row does not divide and nothing can stand in, or with {@code pure}
   */
  public static QuantPlan of(GgufFile model, QuantRecipe recipe, boolean pure) {
    return of(Facts.of(model.metadata()), model.tensors(), recipe, pure);
  }

  static QuantPlan of(Facts facts, List<GgufTensor> tensors, QuantRecipe recipe, boolean pure) {
    boolean tied = tensors.stream().noneMatch(tensor -> tensor.name().equals("output.weight"));
    List<String> values =
        tensors.stream()
            .filter(tensor -> tensor.name().endsWith("attn_v.weight"))
            .sorted(Comparator.comparingInt(QuantPlan::layer))
            .map(GgufTensor::name)
            .toList();
    return new QuantPlan(
        recipe,
        tensors.stream()
            .map(
                tensor -> {
                  if (!changes(tensor)) {
                    return new Choice(tensor, tensor.type(), tensor.type());
                  }
                  if (pure || recipe.type().blockSize() == 1) {
                    return new Choice(tensor, recipe.type(), dividing(tensor, recipe.type()));
                  }
                  QuantType wanted = wanted(facts, tensor, recipe, tied, values);
                  return new Choice(tensor, wanted, standIn(tensor, wanted));
                })
            .toList());
  }

  /** The tensors that got another format than wanted because of their row width. */
  public List<Choice> fallbacks() {
    return choices.stream().filter(Choice::fellBack).toList();
  }

  private static boolean changes(GgufTensor tensor) {
    // Trailing dimensions of one do not make a matrix.
    boolean matrix = tensor.shape().stream().skip(1).anyMatch(length -> length > 1);
    return matrix
        && tensor.name().endsWith("weight")
        && KEPT.stream().noneMatch(tensor.name()::contains);
  }

  private static QuantType wanted(
      Facts facts, GgufTensor tensor, QuantRecipe recipe, boolean tied, List<String> values) {
    String name = tensor.name();
    QuantType type = recipe.type();
    if (name.equals("output.weight") || (tied && name.equals("token_embd.weight"))) {
      boolean divides = tensor.cols() % type.blockSize() == 0;
      return type == QuantType.Q8_0 || !divides ? QuantType.Q8_0 : QuantType.Q6_K;
    }
    if (name.endsWith("attn_v.weight")) {
      return attentionValue(facts, recipe, values.indexOf(name), values.size());
    }
    if (name.endsWith("attn_k.weight")) {
      return facts.experts() == 8 ? QuantType.Q8_0 : type;
    }
    if (name.contains("ffn_down")) {
      return feedForwardDown(recipe, layer(tensor), facts.layers());
    }
    boolean output = name.endsWith("attn_output.weight") && facts.experts() == 8;
    return output && type == QuantType.Q4_K ? QuantType.Q5_K : type;
  }

  private static QuantType attentionValue(Facts facts, QuantRecipe recipe, int layer, int layers) {
    if (facts.experts() == 8) {
      return QuantType.Q8_0;
    }
    QuantType type =
        switch (recipe) {
          case Q4_K_M, Q5_K_M -> extraBits(layer, layers) ? QuantType.Q6_K : recipe.type();
          case Q4_K_S -> layer < 4 ? QuantType.Q5_K : recipe.type();
          default -> recipe.type();
        };
    boolean shared =
        facts.layers() == 80 && List.of("llama", "qwen2").contains(facts.architecture());
    return shared && type == QuantType.Q4_K ? QuantType.Q5_K : type;
  }

  private static QuantType feedForwardDown(QuantRecipe recipe, int layer, int layers) {
    return switch (recipe) {
      case Q4_K_M, Q5_K_M -> extraBits(layer, layers) ? QuantType.Q6_K : recipe.type();
      case Q4_K_S -> layer < layers / 8 ? QuantType.Q5_K : recipe.type();
      default -> recipe.type();
    };
  }

  /** The first and the last eighth of the layers, and every third one between. */
  private static boolean extraBits(int layer, int layers) {
    int eighth = layers / 8;
    return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
  }

  private static QuantType standIn(GgufTensor tensor, QuantType wanted) {
    if (tensor.cols() % wanted.blockSize() == 0) {
      return wanted;
    }
    QuantType smaller =
        switch (wanted) {
          case Q4_K -> QuantType.Q5_0;
          case Q5_K -> QuantType.Q5_1;
          case Q6_K -> QuantType.Q8_0;
          default -> dividing(tensor, wanted);
        };
    return tensor.cols() % smaller.blockSize() == 0 ? smaller : QuantType.F16;
  }

  private static QuantType dividing(GgufTensor tensor, QuantType type) {
    if (tensor.cols() % type.blockSize() != 0) {
      throw new InputException(
          tensor.file()
              + ": tensor "
              + tensor.name()
              + ": "
              + type
              + " needs rows of a multiple of "
              + type.blockSize()
              + " weights, rows have "
              + tensor.cols());
    }
    return type;
  }

  /** Number of the layer in the name, 0 where there is none. */
  private static int layer(GgufTensor tensor) {
    Matcher matcher = LAYER.matcher(tensor.name());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
