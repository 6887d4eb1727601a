package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufWriter;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The oracle's mixture with some tensors of another type or other values. */
final class MixtureVariant {
  static final int WIDTH = 256;

  private final Map<String, QuantType> types = new HashMap<>();
  private final Map<String, Consumer<float[]>> changes = new HashMap<>();

  MixtureVariant type(String tensor, QuantType type) {
    types.put(tensor, type);
    return this;
  }

  MixtureVariant change(String tensor, Consumer<float[]> change) {
    changes.put(tensor, change);
    return this;
  }

  /**
   * Lower experts are chosen more often: a constant in the residual stream gives expert e a bias of
   * {@code -step * e}.
   */
  static MixtureVariant skewed(float step) {
    MixtureVariant variant = new MixtureVariant();
    variant.change(
        "token_embd.weight",
        values -> {
          for (int from = 0; from < values.length; from += WIDTH) {
            values[from] = 1;
          }
        });
    for (String layer : List.of("blk.0.", "blk.1.")) {
      variant.change(
          layer + "ffn_gate_inp.weight",
          values -> {
            for (int expert = 0; expert * WIDTH < values.length; expert++) {
              values[expert * WIDTH] = -step * expert;
            }
          });
    }
    return variant;
  }

  Path write(Path file) {
    try (GgufFile source = GgufFile.open(Oracle.named("qwen2moe").model())) {
      List<GgufDeclaration> tensors = new ArrayList<>();
      for (GgufTensor tensor : source.tensors()) {
        QuantType type = types.getOrDefault(tensor.name(), tensor.type());
        tensors.add(new GgufDeclaration(tensor.name(), type, tensor.shape()));
      }
      try (GgufWriter writer = GgufWriter.create(file, source.metadata().values(), tensors)) {
        for (int i = 0; i < tensors.size(); i++) {
          writer.append(tensors.get(i).name(), data(source.tensors().get(i), tensors.get(i)));
        }
        writer.finish();
      }
    }
    return file;
  }

  private MemorySegment data(GgufTensor source, GgufDeclaration target) {
    int count = Math.toIntExact(target.elements());
    float[] values = new float[count];
    source.type().format().decode(source.data(), 0, values, 0, count);
    changes.getOrDefault(source.name(), _ -> {}).accept(values);
    MemorySegment encoded = MemorySegment.ofArray(new byte[Math.toIntExact(target.bytes())]);
    target.type().format().encode(values, 0, encoded, 0, count);
    return encoded;
  }
}
