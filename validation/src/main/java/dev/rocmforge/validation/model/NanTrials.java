package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Proof that a bad value is traced to where it came from: NaNs are planted at random places of a
 * copy of a model, one at a time, and each prefill must name layer and operation. A NaN that the
 * prompt cannot reach must leave the logits as they were, bit for bit.
 */
public final class NanTrials implements AutoCloseable {
  /** How a trial ended. */
  public enum Outcome {
    /** Layer and operation were named. */
    NAMED,
    /** The prompt cannot reach it, and the logits were those of the clean model. */
    UNREACHED,
    /** Anything else. */
    WRONG
  }

  /**
   * One trial.
   *
   * @param placement what was planted
   * @param outcome how it ended
   * @param said what the trace said
   */
  public record Trial(NanPlacement placement, Outcome outcome, String said) {}

  private final Path copy;
  private final Backend backend;
  private final SessionOptions options;
  private final int[] prompt;
  private final float[] clean;
  private final RoutedExperts routed;

  /**
   * Copies the model and runs it once as it is.
   *
   * @param folder for the copy, which is removed at the end
   * @param options with room for the prompt
   * @throws InputException if the model has several files or is not finite as it is
   */
  public NanTrials(Path model, Path folder, Backend backend, SessionOptions options, int[] prompt) {
    this.backend = backend;
    this.options = options;
    this.prompt = prompt.clone();
    try {
      copy = Files.createTempFile(folder, "nan-", ".gguf");
      Files.copy(model, copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InputException(model + ": cannot be copied to " + folder + ": " + e, e);
    }
    try (Model opened = Model.open(copy)) {
      routed = new RoutedExperts(used(opened));
      try (Session session = backend.open(opened, options, routed)) {
        clean = session.prefill(prompt).clone();
      }
    }
    if (!LogitsHealth.of(clean).finite()) {
      throw new InputException(model + ": its logits are not finite as they are");
    }
  }

  private static int used(Model model) {
    return model.config().blocks() instanceof TransformerBlocks blocks
            && blocks.feedForward() instanceof FeedForward.Experts experts
        ? experts.used()
        : 0;
  }

  /** Runs {@code count} trials drawn from a seed. */
  public List<Trial> run(int count, long seed, Consumer<Trial> listener) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NanPlacement placement;
      try (Model opened = Model.open(copy)) {
        placement = NanPlacement.draw(opened, prompt, random);
      }
      Trial trial = planted(placement);
      trials.add(trial);
      listener.accept(trial);
    }
    return trials;
  }

  private Trial planted(NanPlacement placement) {
    int before = exchange(placement, placement.bits());
    try (Model opened = Model.open(copy)) {
      FiniteWatch watch = new FiniteWatch();
      try (Session session = backend.open(opened, options, watch)) {
        float[] logits = session.prefill(prompt);
        return judge(placement, opened, logits, watch);
      }
    } finally {
      exchange(placement, before);
    }
  }

  private Trial judge(NanPlacement placement, Model model, float[] logits, FiniteWatch watch) {
    boolean fused = backend.name().equals("gpu");
    Optional<ExpectedOrigin> expected = ExpectedOrigin.of(placement, model, prompt, routed, fused);
    String said = watch.first().map(BadValue::toString).orElse("all finite");
    if (expected.isEmpty()) {
      boolean same = watch.first().isEmpty() && Arrays.equals(clean, logits);
      return new Trial(placement, same ? Outcome.UNREACHED : Outcome.WRONG, said);
    }
    boolean named =
        LogitsHealth.of(logits).finite() != expected.get().reachesLogits()
            && watch
                .first()
                .filter(bad -> bad.layer() == expected.get().layer())
                .filter(bad -> bad.stage() == expected.get().stage())
                .isPresent();
    return new Trial(
        placement,
        named ? Outcome.NAMED : Outcome.WRONG,
        said + (named ? "" : "; expected " + expected.get()));
  }

  /** Puts bits into the file; what was there. */
  private int exchange(NanPlacement placement, int bits) {
    try (FileChannel file =
        FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      file.read(buffer.limit(placement.bytes()), placement.offset());
      int before = buffer.limit(4).getInt(0);
      buffer.putInt(0, bits).position(0).limit(placement.bytes());
      file.write(buffer, placement.offset());
      return before;
    } catch (IOException e) {
      throw new InputException(copy + ": cannot be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      throw new InputException(copy + ": cannot be removed: " + e.getMessage(), e);
    }
  }
}
