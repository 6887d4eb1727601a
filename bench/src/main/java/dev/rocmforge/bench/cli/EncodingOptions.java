package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.convert.ConvertOptions;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The documented options of {@code convert}. */
final class EncodingOptions {
  /** Key of the values of a latent KV cache. */
  static final String KV_LORA_DIM = "kv_lora_dim";

  private static final String KV_BITS = "kv_quant_bits";

  /** Fewest bits that a cache can be run with. */
  private static final int LEAST_RUN = 2;

  private static final int MOST_BITS = 4;

  @Option(
      names = "--svd-k",
      paramLabel = "K",
      description = "Rank of the factors in front of a residual (Q4SvdQuant, SvdSparseCsr).")
  private Integer svdK;

  @Option(
      names = "--sparse-threshold",
      paramLabel = "T",
      description = "Share of values from which sparse rows are not taken, 0 to 1.")
  private Double sparseThreshold;

  @Option(
      names = "--residual-prune-threshold",
      paramLabel = "M",
      description = "Values up to this magnitude are dropped from sparse rows (default: 1e-6).")
  private Double prune;

  @Option(names = "--use-fwht", description = "Rotate the rows of compressed experts.")
  private boolean useFwht;

  @Option(
      names = "--mpo-chi-max",
      paramLabel = "C",
      description = "Rank of two-site products for feed-forward matrices (Mpo).")
  private Integer chi;

  @Option(names = "--max-layers", paramLabel = "L", description = "Keep the first layers alone.")
  private Integer maxLayers;

  @Option(names = "--mq4", description = "Q4_0 of rotated rows for matrices of layers (Mq4).")
  private boolean mq4;

  @Option(names = "--mq6", description = "Q6_K of rotated rows for matrices of layers (Mq6).")
  private boolean mq6;

  @Option(
      names = "--gpu",
      description = "Find the factors of --svd-k and --mpo-chi-max on the GPU, in f32.")
  private boolean gpu;

  @Option(names = "--cpu", description = "Find them on the CPU, in double (default).")
  private boolean cpu;

  @Option(
      names = "--kv-lora-dim",
      paramLabel = "D",
      description = {
        "Metadata kv_lora_dim, rounded up to a power of two. With --calibration keys and values",
        "are kept as so many values a side and layer, fitted to the text (on the CPU)."
      })
  private Integer kvLoraDim;

  @Option(
      names = "--kv-quant-bits",
      paramLabel = "B",
      description = "Metadata kv_quant_bits, 1 to 4: with 2 to 4 sessions keep a turbo cache.")
  private Integer kvQuantBits;

  @Option(
      names = "--qjl-scale",
      paramLabel = "F",
      description = "Metadata qjl_scale (0.25 beside --kv-quant-bits).")
  private Double qjlScale;

  @Option(
      names = "--kv-frame-codec",
      description = "Refused: next to nothing would be saved, see docs/kv-cache.md.")
  private boolean frameCodec;

  @Option(
      names = "--adastate-anchors",
      description = "Sessions divide attention scores by 0.1 norm(q) + 0.9 (on the CPU).")
  private boolean anchors;

  @Option(names = "--svd-attn-only", description = "Factors for attn_q, _k, _v and _output alone.")
  private boolean attentionOnly;

  /**
   * What was asked for.
   *
   * @param calibrated whether there is a text to fit to
   * @param notes hears what is not as it was written
   */
  ConvertOptions options(boolean calibrated, Consumer<String> notes) {
    if (gpu && cpu) {
      throw new InputException("--gpu and --cpu: one of both needed, both given");
    }
    if (gpu && svdK == null && chi == null) {
      throw new InputException("--gpu: --svd-k or --mpo-chi-max needed, none given");
    }
    if (mq4 && mq6) {
      throw new InputException("--mq4 and --mq6: one of both needed, both given");
    }
    ConvertOptions.Rotation rotation =
        mq4
            ? ConvertOptions.Rotation.MQ4
            : mq6 ? ConvertOptions.Rotation.MQ6 : ConvertOptions.Rotation.NONE;
    return new ConvertOptions(
        optional(svdK),
        sparseThreshold == null ? OptionalDouble.empty() : OptionalDouble.of(sparseThreshold),
        prune == null ? ConvertOptions.ZERO : prune,
        useFwht,
        optional(chi),
        optional(maxLayers),
        rotation,
        attentionOnly,
        metadata(calibrated, notes));
  }

  /** Whether factors are to be found on the GPU. */
  boolean gpu() {
    return gpu;
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private Map<String, Object> metadata(boolean calibrated, Consumer<String> notes) {
    TreeMap<String, Object> fields = new TreeMap<>();
    if (kvLoraDim != null) {
      if (kvLoraDim < 1 || kvLoraDim > 1 << 16) {
        throw new InputException("--kv-lora-dim: 1 to 65536 needed, " + kvLoraDim + " given");
      }
      int power = Integer.highestOneBit(2 * kvLoraDim - 1);
      if (power != kvLoraDim) {
        notes.accept("--kv-lora-dim: " + kvLoraDim + " rounded up to " + power);
      }
      fields.put(KV_LORA_DIM, power);
    }
    if (calibrated && kvLoraDim != null && kvQuantBits != null) {
      throw new InputException(
          "--kv-lora-dim with --calibration, and --kv-quant-bits: one of both needed, both given;"
              + " latents are kept in f32 or f16");
    }
    if (kvQuantBits != null) {
      if (kvQuantBits < 1 || kvQuantBits > MOST_BITS) {
        throw new InputException("--kv-quant-bits: 1 to 4 needed, " + kvQuantBits + " given");
      }
      fields.put(KV_BITS, kvQuantBits);
      fields.put("qjl_scale", 0.25);
    }
    if (qjlScale != null) {
      fields.put("qjl_scale", qjlScale);
    }
    if (frameCodec) {
      throw new InputException(
          "--kv-frame-codec: differences of neighbouring positions save less than a quarter of a"
              + " bit a key's value and cost bits a value's (docs/kv-cache.md)");
    }
    if (anchors) {
      fields.put("adastate_anchors_enabled", true);
    }
    fields.keySet().stream()
        .filter(key -> !key.equals(KV_BITS) || kvQuantBits < LEAST_RUN)
        .filter(key -> !key.equals("adastate_anchors_enabled"))
        .filter(key -> !key.equals(KV_LORA_DIM) || !calibrated)
        .forEach(key -> notes.accept("Metadata " + key + " written; sessions do not act on it"));
    return fields;
  }
}
