package dev.rocmforge.engine.quantize;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.gguf.GgufWriter;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rewrites a model by a plan. Memory is bounded by {@value #PIECE} weights at a time, whatever the
 * model's size; the parts of a piece are converted in parallel on the common pool, and the bytes do
 * not depend on the number of threads. A split set becomes one file.
 */
public final class Quantizer {
  /** Weights converted by one thread at a time: a multiple of every block size. */
  private static final int PART = 1 << 15;

  private static final int PIECE = 32 * PART;

  /** Version of the block layouts, as ggml counts them. */
  private static final int LAYOUTS = 2;

  /** Hears how far the work is; called from the thread that quantizes. */
  public interface Progress {
    /**
     * Called after each piece.
     *
     * @param tensor the one being written
     * @param done weights written so far, of all tensors
     * @param total weights of the model
     */
    void advanced(String tensor, long done, long total);
  }

  private Quantizer() {}

  /**
   * Writes {@code out}, which appears only when it is complete.
   *
   * @param model the source, open until this returns; any format is decoded
   * @param plan made for {@code model}
   * @throws InputException if a weight to convert is NaN or infinite, or the path cannot be written
   */
  public static void write(GgufFile model, QuantPlan plan, Path out, Progress progress) {
    List<GgufDeclaration> declared =
        plan.choices().stream()
            .map(
                choice ->
                    new GgufDeclaration(
                        choice.tensor().name(), choice.type(), choice.tensor().shape()))
            .toList();
    long total = plan.choices().stream().mapToLong(choice -> choice.tensor().elements()).sum();
    long done = 0;
    try (GgufWriter writer = GgufWriter.create(out, metadata(model, plan.recipe()), declared)) {
      for (QuantPlan.Choice choice : plan.choices()) {
        GgufTensor tensor = choice.tensor();
        for (long first = 0; first < tensor.elements(); first += PIECE) {
          int count = (int) Math.min(PIECE, tensor.elements() - first);
          writer.append(tensor.name(), piece(tensor, choice.type(), first, count));
          done += count;
          progress.advanced(tensor.name(), done, total);
        }
      }
      writer.finish();
    }
  }

  private static Map<String, GgufValue> metadata(GgufFile model, QuantRecipe recipe) {
    Map<String, GgufValue> metadata = new LinkedHashMap<>(model.metadata().values());
    metadata.keySet().removeIf(key -> key.startsWith("split."));
    metadata.put("general.file_type", GgufValue.of(recipe.fileType()));
    metadata.put("general.quantization_version", GgufValue.of(LAYOUTS));
    return metadata;
  }

  /** The bytes of {@code count} weights from {@code first} in the format {@code type}. */
  private static MemorySegment piece(GgufTensor tensor, QuantType type, long first, int count) {
    if (type == tensor.type()) {
      return tensor.data().asSlice(type.bytes(first), type.bytes(count));
    }
    MemorySegment blocks = MemorySegment.ofArray(new byte[(int) type.bytes(count)]);
    IntStream.range(0, Math.ceilDiv(count, PART))
        .parallel()
        .forEach(
            part -> {
              int from = part * PART;
              float[] weights = new float[Math.min(PART, count - from)];
              long at = tensor.type().bytes(first + from);
              tensor.type().format().decode(tensor.data(), at, weights, 0, weights.length);
              requireFinite(tensor, weights, first + from);
              type.format().encode(weights, 0, blocks, type.bytes(from), weights.length);
            });
    return blocks;
  }

  private static void requireFinite(GgufTensor tensor, float[] weights, long first) {
    for (int i = 0; i < weights.length; i++) {
      if (!Float.isFinite(weights[i])) {
        throw new InputException(
            tensor.file()
                + ": tensor "
                + tensor.name()
                + ": weight "
                + (first + i)
                + ": a finite number needed, "
                + weights[i]
                + " found");
      }
    }
  }
}
