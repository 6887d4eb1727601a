package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.engine.speculative.DraftLength;
import dev.rocmforge.engine.speculative.Drafter;
import dev.rocmforge.engine.speculative.ModelDrafter;
import dev.rocmforge.engine.speculative.NgramDrafter;
import dev.rocmforge.engine.speculative.SharedVocabulary;
import dev.rocmforge.engine.speculative.SpeculativeDecoder;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.engine.tokenizer.Vocabulary;
import java.util.Optional;

/** What drafts for a model: a draft model with its session, or the text itself. Owns both. */
public final class Drafting implements AutoCloseable {
  private final Speculation asked;
  private final Optional<Model> model;
  private final Drafter drafter;

  /** Keeps what one generation taught for the next. */
  private final DraftLength length;

  private Drafting(Speculation asked, Optional<Model> model, Drafter drafter) {
    this.asked = asked;
    this.model = model;
    this.drafter = drafter;
    this.length = asked.length();
  }

  /**
   * Opens what was asked for; a draft model goes to the same backend.
   *
   * @param session of the model that is drafted for; a draft model made for fewer tokens drafts as
   *     far as it can
   * @throws dev.rocmforge.engine.InputException if the vocabularies differ
   */
  public static Drafting open(
      Speculation asked,
      Model target,
      Backend backend,
      SessionOptions session,
      SamplerOptions sampling) {
    if (asked.draftModel().isEmpty()) {
      return new Drafting(asked, Optional.empty(), new NgramDrafter());
    }
    Model draft = Model.open(asked.draftModel().get());
    try {
      int shared = SharedVocabulary.size(vocabulary(target), vocabulary(draft));
      int context = Math.min(session.contextLength(), draft.config().contextLength());
      Session own = backend.open(draft, session.withContextLength(context));
      return new Drafting(asked, Optional.of(draft), new ModelDrafter(own, shared, sampling));
    } catch (RuntimeException | Error e) {
      draft.close();
      throw e;
    }
  }

  private static Vocabulary vocabulary(Model model) {
    return Tokenizer.of(model.file().metadata()).vocabulary();
  }

  /** A decoder for one generation. */
  public SpeculativeDecoder decoder(Session target, Sampler sampler, int vocabulary) {
    return new SpeculativeDecoder(target, drafter, length, sampler, vocabulary, System::nanoTime);
  }

  /** What drafts: a file's name, or {@code ngram}. */
  public String name() {
    return asked.draftModel().map(file -> file.getFileName().toString()).orElse(drafter.name());
  }

  @Override
  public void close() {
    drafter.close();
    model.ifPresent(Model::close);
  }
}
