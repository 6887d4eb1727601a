package dev.rocmforge.engine.speculative;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import java.util.Arrays;

/**
 * Drafts with a smaller model. It samples as the model under way does, because a draft is the more
 * often confirmed the nearer its distribution is; when that one is greedy, so is the draft. Owns
 * its session.
 */
public final class ModelDrafter implements Drafter {
  private final Session session;
  private final int vocabulary;
  private final SamplerOptions options;
  private final Sampler sampler;
  private final float[] logits;

  /** Tokens of the text that the sampler has been told. */
  private int told;

  /** What the session has run. */
  private int[] run = new int[64];

  /**
   * @param session of the draft model, empty
   * @param vocabulary ids that both models have; others are never drafted
   * @param options of the generation; random numbers are drawn from another seed
   */
  public ModelDrafter(Session session, int vocabulary, SamplerOptions options) {
    if (session.position() != 0) {
      throw new InputException(
          "draft: an empty session needed, %d tokens in it".formatted(session.position()));
    }
    this.session = session;
    this.vocabulary = vocabulary;
    this.options = options;
    // With the numbers of the generation itself, draft and judgement would not be independent.
    this.sampler = new Sampler(options.withSeed(~options.seed()), vocabulary);
    this.logits = new float[vocabulary];
  }

  @Override
  public Draft newDraft(int most) {
    return new Draft(most, options.greedy() ? 0 : vocabulary);
  }

  @Override
  public String name() {
    return "model";
  }

  /** Nothing is drafted beyond the draft model's context. */
  @Override
  public void draft(TokenText text, int most, Draft draft) {
    draft.clear();
    int room = session.capacity() - text.size();
    if (room < 0) {
      return;
    }
    float[] row = catchUp(text);
    for (; told < text.size(); told++) {
      if (text.get(told) < vocabulary) {
        sampler.accept(text.get(told));
      }
    }
    // The last token drafted is not run: the room for it is not needed.
    int count = Math.min(most, room + 1);
    for (int i = 0; i < count; i++) {
      int token = choose(row, draft);
      draft.add(token);
      if (i + 1 < count) {
        note(session.position(), token);
        row = session.step(token);
      }
    }
  }

  /** Brings the session to the text, which differs from what it ran by the rejected tokens. */
  private float[] catchUp(TokenText text) {
    int same = 0;
    int most = Math.min(session.position(), text.size() - 1);
    while (same < most && run[same] == text.get(same)) {
      same++;
    }
    session.rewind(same);
    int[] missing = text.from(same);
    for (int i = 0; i < missing.length; i++) {
      note(same + i, missing[i]);
    }
    return missing.length == 1 ? session.step(missing[0]) : session.prefill(missing);
  }

  private void note(int position, int token) {
    if (position >= run.length) {
      run = Arrays.copyOf(run, Math.max(2 * run.length, position + 1));
    }
    run[position] = token;
  }

  private int choose(float[] row, Draft draft) {
    System.arraycopy(row, 0, logits, 0, vocabulary);
    if (options.greedy()) {
      return sampler.sample(logits);
    }
    double[] distribution = draft.next();
    sampler.distribution(logits, distribution);
    return sampler.draw(distribution);
  }

  @Override
  public void close() {
    session.close();
  }
}
