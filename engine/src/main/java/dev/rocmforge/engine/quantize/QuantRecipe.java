package dev.rocmforge.engine.quantize;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The mixes of formats by the names that llama-quantize gives them: the format of most matrices and
 * the number for {@code general.file_type}. {@link QuantPlan} has the exceptions by tensor.
 */
public enum QuantRecipe {
  F32(QuantType.F32, 0),
  F16(QuantType.F16, 1),
  BF16(QuantType.BF16, 32),
  Q4_0(QuantType.Q4_0, 2),
  Q4_1(QuantType.Q4_1, 3),
  Q5_0(QuantType.Q5_0, 8),
  Q5_1(QuantType.Q5_1, 9),
  Q8_0(QuantType.Q8_0, 7),
  Q4_K_S(QuantType.Q4_K, 14),
  Q4_K_M(QuantType.Q4_K, 15),
  Q5_K_S(QuantType.Q5_K, 16),
  Q5_K_M(QuantType.Q5_K, 17),
  Q6_K(QuantType.Q6_K, 18);

  private final QuantType type;
  private final int fileType;

  QuantRecipe(QuantType type, int fileType) {
    this.type = type;
    this.fileType = fileType;
  }

  /**
   * The recipe that a user names, in any case. The tensor types {@code Q4_K} and {@code Q5_K} mean
   * their M mixes, as in llama-quantize.
   *
   * @throws InputException for another name; lists all
   */
  public static QuantRecipe of(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return switch (upper) {
      case "Q4_K" -> Q4_K_M;
      case "Q5_K" -> Q5_K_M;
      default ->
          Arrays.stream(values())
              .filter(recipe -> recipe.name().equals(upper))
              .findFirst()
              .orElseThrow(() -> unknown(name));
    };
  }

  private static InputException unknown(String name) {
    String known = Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    return new InputException(
        "quantize: one of " + known + ", Q4_K, Q5_K needed, " + name + " given");
  }

  /** Format of the matrices that no rule of the mix singles out. */
  public QuantType type() {
    return type;
  }

  /** The value of {@code general.file_type}. */
  public int fileType() {
    return fileType;
  }
}
