package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.compress.TruncatedSvd;
import dev.rocmforge.engine.convert.DenseSource;
import dev.rocmforge.engine.convert.EditedFile;
import dev.rocmforge.engine.convert.EncodedTensor;
import dev.rocmforge.engine.convert.Factoring;
import dev.rocmforge.engine.convert.InputEnergy;
import dev.rocmforge.engine.convert.TensorForm;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.validation.model.KeptPredictions;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * A model with its tensors in other forms. The encoded tensors of the last variant are kept: the
 * next one shares most of them. One thread, which may encode on the common pool.
 */
final class Variants {
  private final Model model;
  private final Backend backend;
  private final InputEnergy energy;
  private final int window;
  private Map<String, Encoded> last = Map.of();

  private record Encoded(TensorForm form, EncodedTensor tensor) {}

  Variants(Model model, Backend backend, InputEnergy energy, int window) {
    this.model = model;
    this.backend = backend;
    this.energy = energy;
    this.window = window;
  }

  /** Mean squares of a tensor's inputs. */
  Optional<double[]> energy(GgufTensor tensor) {
    return energy.of(tensor);
  }

  /** A tensor in a form, as all of them are made here. */
  EncodedTensor encode(DenseSource source, TensorForm form) {
    return form.encode(source, new Factoring(TruncatedSvd.ON_HOST, energy.of(source.tensor())));
  }

  /** As {@link #encode}, for a writer: also what has no choice. */
  EncodedTensor encode(GgufTensor tensor, Map<String, TensorForm> forms) {
    TensorForm form = forms.get(tensor.name());
    return form == null ? TensorForm.kept(tensor) : encode(DenseSource.of(tensor), form);
  }

  /** Mean divergence from the model as it is, in nats. */
  double divergence(Map<String, TensorForm> forms, KeptPredictions reference) {
    return with(forms, reference::divergence);
  }

  /** Runs something with a session of the variant. */
  double with(Map<String, TensorForm> forms, ToDoubleFunction<Session> run) {
    Map<String, EncodedTensor> edits = new TreeMap<>();
    encoded(forms).forEach((name, encoded) -> edits.put(name, encoded.tensor()));
    try (Model variant = Model.of(new EditedFile(model.file(), edits));
        Session session = backend.open(variant, SessionOptions.DEFAULT.withContextLength(window))) {
      return run.applyAsDouble(session);
    }
  }

  private Map<String, Encoded> encoded(Map<String, TensorForm> forms) {
    Map<String, Encoded> before = last;
    Map<String, Encoded> now = new ConcurrentHashMap<>();
    forms.entrySet().parallelStream()
        .filter(entry -> !(entry.getValue() instanceof TensorForm.Kept))
        .forEach(entry -> now.put(entry.getKey(), encoded(before, entry)));
    last = now;
    return now;
  }

  private Encoded encoded(Map<String, Encoded> before, Entry<String, TensorForm> choice) {
    Encoded kept = before.get(choice.getKey());
    if (kept != null && kept.form().equals(choice.getValue())) {
      return kept;
    }
    GgufTensor tensor = model.file().tensor(choice.getKey()).orElseThrow();
    return new Encoded(choice.getValue(), encode(DenseSource.of(tensor), choice.getValue()));
  }
}
