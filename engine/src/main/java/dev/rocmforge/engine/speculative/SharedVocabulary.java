package dev.rocmforge.engine.speculative;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.tokenizer.Vocabulary;
import java.util.List;

/** Whether a draft model speaks the language of the model it drafts for. */
public final class SharedVocabulary {
  private SharedVocabulary() {}

  /**
   * Ids that mean the same in both. Models of one family pad their vocabularies to different sizes;
   * what only one of them has is never drafted.
   *
   * @throws InputException naming the first difference
   */
  public static int size(Vocabulary target, Vocabulary draft) {
    if (!target.model().equals(draft.model())) {
      throw new InputException(
          "%s: tokenizer %s drafts for %s, whose tokenizer is %s"
              .formatted(draft.source(), draft.model(), target.source(), target.model()));
    }
    List<String> wanted = target.tokens();
    List<String> given = draft.tokens();
    int shared = Math.min(wanted.size(), given.size());
    for (int id = 0; id < shared; id++) {
      if (!wanted.get(id).equals(given.get(id))) {
        throw new InputException(
            "%s: token %d is '%s', in %s it is '%s': a draft model needs the same vocabulary"
                .formatted(draft.source(), id, given.get(id), target.source(), wanted.get(id)));
      }
    }
    if (!target.specialIds().equals(draft.specialIds())) {
      throw new InputException(
          "%s: special tokens %s, %s has %s: a draft model needs the same"
              .formatted(draft.source(), draft.specialIds(), target.source(), target.specialIds()));
    }
    return shared;
  }
}
