package dev.rocmforge.engine.rfm;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.compress.Projection;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The projections of a latent KV cache as tensors: {@code kv_latent.LAYER.keys.mean} and {@code
 * .basis}, {@code .values} likewise, in F32.
 */
public final class LatentTensors {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private LatentTensors() {}

  private static String name(int layer, String side, String part) {
    return "kv_latent." + layer + "." + side + "." + part;
  }

  /** Names of all tensors of {@code layers} layers. */
  public static List<String> names(int layers) {
    List<String> names = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      for (String side : List.of("keys", "values")) {
        names.add(name(layer, side, "mean"));
        names.add(name(layer, side, "basis"));
      }
    }
    return names;
  }

  /** Appends all tensors. */
  public static void write(KvLatent latent, RfmWriter out) {
    for (int layer = 0; layer < latent.layers().size(); layer++) {
      write(layer, "keys", latent.layers().get(layer).keys(), out);
      write(layer, "values", latent.layers().get(layer).values(), out);
    }
  }

  private static void write(int layer, String side, Projection projection, RfmWriter out) {
    long width = projection.width();
    append(out, name(layer, side, "mean"), List.of(width), projection.mean());
    append(
        out,
        name(layer, side, "basis"),
        List.of(width, (long) projection.rank()),
        projection.basis());
  }

  private static void append(RfmWriter out, String name, List<Long> dims, float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      bytes.set(FLOAT, 4L * i, values[i]);
    }
    out.append(name, dims, new RfmEncoding.F32(), bytes);
  }

  /**
   * The projections of a file; none if it has none.
   *
   * @throws InputException if a tensor of a layer is missing or has another shape than the others
   */
  static Optional<KvLatent> read(Path path, Function<String, Optional<GgufTensor>> tensors) {
    List<KvLatent.Layer> layers = new ArrayList<>();
    while (tensors.apply(name(layers.size(), "keys", "mean")).isPresent()) {
      int layer = layers.size();
      layers.add(
          new KvLatent.Layer(
              projection(path, tensors, layer, "keys"),
              projection(path, tensors, layer, "values")));
    }
    layers.forEach(layer -> checkAlike(path, layers.getFirst(), layer));
    return layers.isEmpty() ? Optional.empty() : Optional.of(new KvLatent(layers));
  }

  private static void checkAlike(Path path, KvLatent.Layer first, KvLatent.Layer layer) {
    if (layer.keys().width() != first.keys().width()
        || layer.keys().rank() != first.keys().rank()
        || layer.values().width() != first.values().width()
        || layer.values().rank() != first.values().rank()) {
      throw new InputException(
          "%s: kv_latent: projections of all layers alike needed; keys %d to %d and %d to %d found"
              .formatted(
                  path,
                  first.keys().width(),
                  first.keys().rank(),
                  layer.keys().width(),
                  layer.keys().rank()));
    }
  }

  private static Projection projection(
      Path path, Function<String, Optional<GgufTensor>> tensors, int layer, String side) {
    GgufTensor mean = needed(path, tensors, name(layer, side, "mean"));
    GgufTensor basis = needed(path, tensors, name(layer, side, "basis"));
    if (basis.shape().size() != 2 || !basis.shape().getFirst().equals(mean.shape().getFirst())) {
      throw new InputException(
          "%s: %s: rows of %d values needed, shape %s found"
              .formatted(path, basis.name(), mean.shape().getFirst(), basis.shape()));
    }
    int rank = Math.toIntExact(basis.shape().get(1));
    if (rank > mean.shape().getFirst()) {
      throw new InputException(
          "%s: %s: at most %d rows needed, %d found"
              .formatted(path, basis.name(), mean.shape().getFirst(), rank));
    }
    if (rank < 1) {
      throw new InputException(path + ": " + basis.name() + ": 1 row or more needed, 0 found");
    }
    return new Projection(rank, floats(path, mean), floats(path, basis));
  }

  private static GgufTensor needed(
      Path path, Function<String, Optional<GgufTensor>> tensors, String name) {
    return tensors
        .apply(name)
        .orElseThrow(() -> new InputException(path + ": " + name + ": missing"));
  }

  private static float[] floats(Path path, GgufTensor tensor) {
    if (tensor.type() != QuantType.F32) {
      throw new InputException(
          "%s: %s: F32 needed, %s found".formatted(path, tensor.name(), tensor.type()));
    }
    float[] values = new float[Math.toIntExact(tensor.data().byteSize() / 4)];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.data().get(FLOAT, 4L * i);
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            "%s: %s: value %d: a finite number needed, %s found"
                .formatted(path, tensor.name(), i, values[i]));
      }
    }
    return values;
  }
}
