package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.compress.TruncatedSvd;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.rfm.RfmEncoding;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which tensor gets which encoding: the documented order, first match wins. */
final class ConvertPolicy {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\..*");
  private static final List<String> PRODUCTS =
      List.of(
          "attn_q.",
          "attn_k.",
          "attn_v.",
          "attn_output.",
          "ffn_gate.",
          "ffn_up.",
          "ffn_down.",
          "_exps.",
          "_shexp.",
          "ssm_in.",
          "ssm_x.",
          "ssm_dt.",
          "ssm_out.");
  private static final int LEAST_SPARSE = 64;

  private final ConvertOptions options;
  private final InputEnergy energy;
  private final TruncatedSvd svd;

  ConvertPolicy(ConvertOptions options, InputEnergy energy, TruncatedSvd svd) {
    this.options = options;
    this.energy = energy;
    this.svd = svd;
  }

  private Factoring factoring(GgufTensor tensor) {
    return new Factoring(svd, energy.of(tensor));
  }

  /** Whether the tensor belongs to a layer that is kept, or to none. */
  boolean keeps(String name) {
    Matcher layer = LAYER.matcher(name);
    return options.maxLayers().isEmpty()
        || !layer.matches()
        || Integer.parseInt(layer.group(1)) < options.maxLayers().getAsInt();
  }

  /** A matrix that the engine multiplies with inside a layer; the router is none. */
  static boolean product(GgufTensor tensor) {
    return tensor.shape().size() >= 2
        && tensor.name().endsWith(".weight")
        && !tensor.name().contains("gate_inp")
        && PRODUCTS.stream().anyMatch(tensor.name()::contains);
  }

  private boolean factored(GgufTensor tensor) {
    Stream<String> words =
        options.attentionOnly()
            ? Stream.of("attn_q.", "attn_k.", "attn_v.", "attn_output.")
            : Stream.of("attn_", "ffn_");
    return options.svdK().isPresent() && product(tensor) && words.anyMatch(tensor.name()::contains);
  }

  private static boolean feedForward(GgufTensor tensor) {
    return product(tensor) && tensor.name().contains("ffn_");
  }

  EncodedTensor encode(GgufTensor tensor) {
    boolean stack = tensor.shape().size() == 3;
    if (stack && factored(tensor)) {
      return experts(DenseSource.of(tensor));
    }
    if (factored(tensor)) {
      return factors(DenseSource.of(tensor));
    }
    Optional<String> note = Optional.empty();
    if (feedForward(tensor) && options.sparseThreshold().isPresent() && !stack) {
      double share = options.sparseThreshold().getAsDouble();
      Optional<EncodedTensor> sparse =
          TensorEncoder.sparse(DenseSource.of(tensor), options.pruneThreshold(), share);
      if (sparse.isPresent()) {
        return sparse.get();
      }
      return pack(tensor, dense(share));
    }
    if (feedForward(tensor) && options.mpoChiMax().isPresent()) {
      return TensorEncoder.mpo(
          DenseSource.of(tensor), factoring(tensor), options.mpoChiMax().getAsInt());
    }
    return pack(tensor, note);
  }

  private static Optional<String> dense(double share) {
    return Optional.of("%.4g of the values or more are not zero".formatted(share));
  }

  private EncodedTensor experts(DenseSource source) {
    double share = options.sparseThreshold().orElse(ConvertOptions.BREAK_EVEN);
    Optional<EncodedTensor> sparse =
        TensorEncoder.experts(
            source,
            factoring(source.tensor()),
            options.svdK().getAsInt(),
            options.useFwht(),
            options.pruneThreshold(),
            share);
    return sparse.orElseGet(
        () ->
            options.mpoChiMax().isPresent()
                ? TensorEncoder.mpo(
                        source, factoring(source.tensor()), options.mpoChiMax().getAsInt())
                    .noted(dense(share))
                : pack(source.tensor(), dense(share)));
  }

  private EncodedTensor factors(DenseSource source) {
    int rank = options.svdK().getAsInt();
    Optional<String> note = Optional.empty();
    if (options.sparseThreshold().isPresent()
        && feedForward(source.tensor())
        && Math.min(source.rows(), source.cols()) >= LEAST_SPARSE) {
      double share = options.sparseThreshold().getAsDouble();
      Optional<EncodedTensor> sparse =
          TensorEncoder.svdSparse(
              source, factoring(source.tensor()), rank, options.pruneThreshold(), share);
      if (sparse.isPresent()) {
        return sparse.get();
      }
      note = dense(share);
    }
    if (source.cols() % QuantType.Q4_0.blockSize() != 0
        || !TensorEncoder.splits(source.all().length)) {
      return pack(
          source.tensor(),
          Optional.of("%s is no whole groups of Q4_0".formatted(source.tensor().shape())));
    }
    return TensorEncoder.svdQuant(source, factoring(source.tensor()), rank).noted(note);
  }

  private EncodedTensor pack(GgufTensor tensor, Optional<String> note) {
    if (!product(tensor) || options.rotation() == ConvertOptions.Rotation.NONE) {
      return TensorEncoder.pack(tensor).noted(note);
    }
    boolean four = options.rotation() == ConvertOptions.Rotation.MQ4;
    QuantType type = four ? QuantType.Q4_0 : QuantType.Q6_K;
    if (tensor.cols() % type.blockSize() != 0) {
      return TensorEncoder.pack(tensor)
          .noted(
              Optional.of("rows of %d are no whole blocks of %s".formatted(tensor.cols(), type)));
    }
    RfmEncoding encoding = four ? new RfmEncoding.Mq4() : new RfmEncoding.Mq6();
    return TensorEncoder.rotated(DenseSource.of(tensor), type, encoding);
  }
}
