package dev.rocmforge.engine.synthetic;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The shape of a public model, from its published configuration. All of them are in the resource
 * {@code shapes.json}.
 *
 * @param architecture GGUF's word for the family
 * @param hidden width of the residual stream
 * @param feedForward width inside the feed-forward block
 * @param headDim width of one attention head
 * @param tied whether the output head is the embedding
 * @param qkvBias whether queries, keys and values have a bias
 * @param qkNorm whether queries and keys are normalised, head by head
 * @param preTokenizer GGUF's word for the pre-tokenizer
 * @param ropeScaling stretching of the rotary frequencies, or null
 */
public record ModelShape(
    String name,
    String architecture,
    int layers,
    int hidden,
    int feedForward,
    int heads,
    int kvHeads,
    int headDim,
    int vocabulary,
    int context,
    double ropeTheta,
    double normEpsilon,
    boolean tied,
    boolean qkvBias,
    boolean qkNorm,
    String preTokenizer,
    RopeScaling ropeScaling) {

  /**
   * Stretching of low rotary frequencies as Llama 3 defines it.
   *
   * @param factor divides frequencies whose wave is longer than {@code originalContext /
   *     lowFrequencyFactor}; those shorter than {@code originalContext / highFrequencyFactor} stay
   */
  public record RopeScaling(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext) {
    /** What divides each of the {@code headDim / 2} frequencies. */
    float[] divisors(double theta, int headDim) {
      float[] divisors = new float[headDim / 2];
      for (int i = 0; i < divisors.length; i++) {
        double wave = 2 * Math.PI * Math.pow(theta, 2.0 * i / headDim);
        double kept =
            (originalContext / wave - lowFrequencyFactor)
                / (highFrequencyFactor - lowFrequencyFactor);
        double share = Math.clamp(kept, 0.0, 1.0);
        divisors[i] = (float) (1 / ((1 - share) / factor + share));
      }
      return divisors;
    }
  }

  /** All known shapes. */
  public static List<ModelShape> all() {
    try (InputStream json = ModelShape.class.getResourceAsStream("shapes.json")) {
      return List.of(new ObjectMapper().readValue(json, ModelShape[].class));
    } catch (IOException failure) {
      throw new AssertionError("shapes.json", failure);
    }
  }

  /**
   * The shape of {@code name}, in any case of letters.
   *
   * @throws InputException if there is none
   */
  public static ModelShape named(String name) {
    List<ModelShape> all = all();
    return all.stream()
        .filter(shape -> shape.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "model shape: one of "
                        + String.join(", ", all.stream().map(ModelShape::name).toList())
                        + " needed, "
                        + name
                        + " given"));
  }
}
