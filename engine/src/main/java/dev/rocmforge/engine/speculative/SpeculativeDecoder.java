package dev.rocmforge.engine.speculative;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.sampling.Sampler;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/**
 * Generates with drafts. A pass runs the token chosen last and the draft behind it; the model's
 * logits confirm the draft from the front, and the first token that they do not confirm is chosen
 * anew. Greedy: a token is confirmed if it is the model's own choice, so the text is that of plain
 * decoding. Sampling: by rejection (Leviathan et al. 2023, arXiv 2211.17192), so that every token
 * has the model's own distribution. Drives one session, whose cache is cut back to what was
 * confirmed after each pass.
 */
public final class SpeculativeDecoder {
  /** Told of every token as it is settled. */
  @FunctionalInterface
  public interface TokenSink {
    /**
     * @param logits that the token was chosen or confirmed from; valid during the call
     * @return false to end: the token is then no part of the text
     */
    boolean token(int id, float[] logits);
  }

  private final Session session;
  private final Drafter drafter;
  private final DraftLength length;
  private final Sampler sampler;
  private final LongSupplier nanos;
  private final Draft draft;
  private final double[] chances;
  private final long[] draftedAt;
  private final long[] acceptedAt;
  private long passes;
  private long plainSteps;

  // Of the generation under way.
  private TokenText text;
  private TokenSink sink;
  private int pending;
  private int settled;
  private int accepted;
  private int row;
  private boolean open;
  private boolean ended;

  /**
   * @param session after the prefill of the prompt
   * @param sampler of the generation, already told the prompt
   * @param vocabulary entries of the session's logits
   * @param nanos a clock, for lengths that adapt
   * @throws InputException if the session's state cannot be cut back
   */
  public SpeculativeDecoder(
      Session session,
      Drafter drafter,
      DraftLength length,
      Sampler sampler,
      int vocabulary,
      LongSupplier nanos) {
    if (session.keyValues().isEmpty()) {
      throw new InputException(
          "speculative decoding: a model with a KV cache needed; a recurrent state cannot be cut"
              + " back to what was confirmed");
    }
    this.session = session;
    this.drafter = drafter;
    this.length = length;
    this.sampler = sampler;
    this.nanos = nanos;
    this.draft = drafter.newDraft(Math.max(1, length.most()));
    this.chances = new double[sampler.options().greedy() ? 0 : vocabulary];
    this.draftedAt = new long[length.most()];
    this.acceptedAt = new long[length.most()];
  }

  /**
   * Generates, until the sink ends it, enough tokens are there or the context is full.
   *
   * <p>As in plain decoding every token is run, the last one too.
   *
   * @param prompt what the session holds
   * @param logits that its prefill returned
   * @return tokens generated
   */
  public int generate(int[] prompt, float[] logits, int mostTokens, TokenSink receiver) {
    text = new TokenText(prompt);
    sink = receiver;
    settled = 0;
    ended = mostTokens == 0;
    if (!ended) {
      settle(sampler.sample(logits), logits);
    }
    while (!ended && session.position() < session.capacity()) {
      if (settled == mostTokens) {
        session.step(pending);
        break;
      }
      pass(mostTokens - settled);
    }
    return settled;
  }

  public SpeculationCounts counts() {
    return new SpeculationCounts(
        passes,
        plainSteps,
        LongStream.of(draftedAt).boxed().toList(),
        LongStream.of(acceptedAt).boxed().toList());
  }

  private void pass(int wanted) {
    int position = session.position();
    int most = Math.min(length.next(), Math.min(wanted, session.capacity() - position) - 1);
    long begin = nanos.getAsLong();
    if (most > 0) {
      drafter.draft(text, most, draft);
    } else {
      draft.clear();
    }
    long drafted = nanos.getAsLong();
    accepted = 0;
    row = 0;
    open = true;
    if (draft.size() == 0) {
      judge(session.step(pending));
      plainSteps++;
    } else {
      session.steps(draft.after(pending), (_, logits) -> judge(logits));
      session.rewind(position + 1 + accepted);
    }
    passes++;
    for (int i = 0; i < draft.size(); i++) {
      draftedAt[i]++;
      acceptedAt[i] += i < accepted ? 1 : 0;
    }
    length.observe(
        new DraftLength.PassCost(
            draft.size(), accepted, drafted - begin, nanos.getAsLong() - drafted));
  }

  /** Takes the logits behind the pending token, then those behind each drafted one, in order. */
  private void judge(float[] logits) {
    if (!open) {
      return;
    }
    int index = row++;
    if (index == draft.size()) {
      open = false;
      settle(sampler.sample(logits), logits);
      return;
    }
    int proposed = draft.token(index);
    int token = choose(logits, index, proposed);
    boolean confirmed = token == proposed;
    open = confirmed;
    settle(token, logits);
    if (ended) {
      open = false;
    } else if (confirmed) {
      accepted++;
    }
  }

  /** The proposed token if it is confirmed, else another. */
  private int choose(float[] logits, int index, int proposed) {
    if (sampler.options().greedy()) {
      return sampler.sample(logits);
    }
    sampler.distribution(logits, chances);
    if (sampler.uniform() * draft.chance(index, proposed) < chances[proposed]) {
      return proposed;
    }
    double left = 0;
    for (int id = 0; id < chances.length; id++) {
      chances[id] = Math.max(0, chances[id] - draft.chance(index, id));
      left += chances[id];
    }
    if (left == 0) {
      // Both distributions are the same but for rounding: the token was as good as confirmed.
      return proposed;
    }
    return sampler.draw(chances);
  }

  private void settle(int token, float[] logits) {
    if (!sink.token(token, logits)) {
      ended = true;
      return;
    }
    sampler.accept(token);
    text.add(token);
    pending = token;
    settled++;
  }

  @Override
  public String toString() {
    return drafter.name() + " drafts " + Arrays.toString(draftedAt);
  }
}
