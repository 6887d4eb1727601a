package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a low-bit KV cache costs, said when one is chosen: divergence measured on two models, beside
 * what the types of the weights cost on one of them. Says nothing of q8_0 and wider.
 */
final class KvAdvice {
  private static final String PAGE = "docs/kv-cache.md";

  private KvAdvice() {}

  /** Lines to print before a session is opened; none where nothing is to be said. */
  static List<String> lines(Model model, KvStorage kv) {
    if (!kv.turned() || !(model.config().blocks() instanceof TransformerBlocks blocks)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "[KV] %s: %.2f times less memory than f16%s"
            .formatted(
                kv.word(),
                bytes(KvStorage.of(KvType.F16), blocks) / bytes(kv, blocks),
                KvDivergence.ofCache(kv)
                    .map(found -> "; from f16 " + words(found) + " (" + PAGE + ")")
                    .orElse("; its divergence was not measured: 'validate kv' does")));
    weights(model.file(), kv).ifPresent(lines::add);
    if (kv.keys().turned()) {
      KvStorage other = KvStorage.of(KvType.Q8_0, KvType.TURBO4);
      KvDivergence.ofCache(other)
          .ifPresent(
              found ->
                  lines.add(
                      "[KV] keys cost most: %s, %.2f times less, %s"
                          .formatted(
                              other.word(),
                              bytes(KvStorage.of(KvType.F16), blocks) / bytes(other, blocks),
                              words(found))));
    }
    return lines;
  }

  /** The cache beside the weights, on the model for which both were measured. */
  private static Optional<String> weights(ModelFile file, KvStorage kv) {
    String type = mostBytes(file);
    Optional<Double> cache = KvDivergence.ofCache(kv).map(found -> found.getFirst().nats());
    Optional<Double> weights = KvDivergence.ofWeights(type).map(found -> found.getFirst().nats());
    if (cache.isEmpty() || weights.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "[KV] on lexicon-tiny weights in %s cost %s nats themselves, the cache %.2g times that"
            .formatted(type, number(weights.get()), cache.get() / weights.get()));
  }

  private static String mostBytes(ModelFile file) {
    return file.tensors().stream()
        .collect(
            Collectors.groupingBy(
                GgufTensor::type, Collectors.summingLong(tensor -> tensor.data().byteSize())))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .map(most -> most.getKey().name())
        .orElse("none");
  }

  private static String words(List<KvDivergence> found) {
    return found.stream()
        .map(one -> number(one.nats()) + " nats (" + one.model() + ")")
        .collect(Collectors.joining(", "));
  }

  private static String number(double nats) {
    return String.format(Locale.ROOT, "%.3g", nats);
  }

  private static double bytes(KvStorage kv, TransformerBlocks blocks) {
    return kv.bytes(blocks.kvHeads(), blocks.keyLength(), blocks.valueLength());
  }
}
