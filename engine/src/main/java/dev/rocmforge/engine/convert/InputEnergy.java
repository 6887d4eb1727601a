package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.gguf.GgufTensor;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Mean square of every input of the matrices of a transformer over a text: what a session's probe
 * sees in front of each product. Matrices whose inputs no stage shows (experts' last products,
 * state-space blocks) have none. One thread.
 */
public final class InputEnergy implements Probe {
  /** Knows nothing of any input. */
  public static final InputEnergy NONE = new InputEnergy();

  private final Map<Stage, Map<Integer, Sums>> stages = new EnumMap<>(Stage.class);

  /** Squares of one stage of one block, added up in the order of the text. */
  private static final class Sums {
    private final double[] squares;
    private long rows;

    Sums(int cols) {
      squares = new double[cols];
    }
  }

  @Override
  public void observe(
      Stage stage, int layer, float[] values, int rows, int cols, int firstPosition) {
    switch (stage) {
      case ATTENTION_NORM, ATTENTION, FEED_FORWARD_NORM, ACTIVATION, OUTPUT_NORM -> {}
      default -> {
        return;
      }
    }
    Sums sums =
        stages
            .computeIfAbsent(stage, _ -> new HashMap<>())
            .computeIfAbsent(layer, _ -> new Sums(cols));
    for (int i = 0; i < rows * cols; i++) {
      sums.squares[i % cols] += (double) values[i] * values[i];
    }
    sums.rows += rows;
  }

  /** Mean squares of the tensor's inputs, one a column. */
  public Optional<double[]> of(GgufTensor tensor) {
    String[] name = tensor.name().split("\\.", -1);
    boolean block = name[0].equals("blk") && name.length == 4;
    int layer = block ? Integer.parseInt(name[1]) : -1;
    Optional<Stage> stage =
        switch (block ? name[2] : name[0]) {
          case "attn_q", "attn_k", "attn_v" -> Optional.of(Stage.ATTENTION_NORM);
          case "attn_output" -> Optional.of(Stage.ATTENTION);
          case "ffn_gate", "ffn_up", "ffn_gate_exps", "ffn_up_exps" ->
              Optional.of(Stage.FEED_FORWARD_NORM);
          case "ffn_down" -> Optional.of(Stage.ACTIVATION);
          case "output", "token_embd" -> Optional.of(Stage.OUTPUT_NORM);
          default -> Optional.empty();
        };
    return stage
        .flatMap(s -> Optional.ofNullable(stages.get(s)))
        .flatMap(layers -> Optional.ofNullable(layers.get(layer)))
        .filter(sums -> sums.squares.length == tensor.cols())
        .map(InputEnergy::mean);
  }

  private static double[] mean(Sums sums) {
    double[] mean = new double[sums.squares.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = sums.squares[i] / sums.rows;
    }
    return mean;
  }
}
