package dev.rocmforge.engine.speculative;

/**
 * Drafts as many tokens as pays: from the acceptance seen and the times of plain steps, passes and
 * drafts it expects tokens per nanosecond for every length and takes the best. Where none beats
 * plain steps it goes back to them and tries again later, ever more rarely while that fails. What
 * trying costs is counted against plain decoding and bounded.
 */
public final class AdaptiveLength implements DraftLength {
  /** Plain steps before the first draft: without their time there is nothing to compare with. */
  private static final int PLAIN_FIRST = 4;

  /** Passes with drafts after which a plain step is timed again. */
  private static final int PLAIN_AGAIN = 48;

  private static final int PROBE = 2;
  private static final int SHORTEST_PAUSE = 16;
  private static final int LONGEST_PAUSE = 256;

  /** Weight that older passes keep in the acceptance. */
  private static final double MEMORY = 0.9;

  /** Share of the time that may be lost to drafts, all in all. */
  private static final double LOSS_ALLOWED = 0.02;

  /** What a length must promise over plain steps: less is within the error of the times. */
  private static final double GAIN_WANTED = 1.03;

  private final int most;
  private final RecentMedian plain = new RecentMedian();
  private final RecentMedian draftToken = new RecentMedian();
  private final RecentMedian extraToken = new RecentMedian();
  private double confirmed;
  private double judged;
  private long plainSince;
  private long draftsSince;
  private int pause = SHORTEST_PAUSE;
  private double lostNanos;
  private double allNanos;

  /**
   * @param most tokens of a draft, at least 1
   */
  public AdaptiveLength(int most) {
    this.most = most;
  }

  @Override
  public int most() {
    return most;
  }

  @Override
  public int next() {
    if (plain.count() < PLAIN_FIRST || draftsSince >= PLAIN_AGAIN) {
      return 0;
    }
    boolean solvent = lostNanos <= LOSS_ALLOWED * allNanos;
    if (!draftToken.isEmpty()) {
      int best = best();
      if (best > 0 && solvent) {
        return best;
      }
      if (plainSince < pause) {
        return 0;
      }
    }
    return solvent ? Math.min(PROBE, most) : 0;
  }

  /** The length of the most tokens per time, 0 where plain steps are as good. */
  private int best() {
    double step = plain.value();
    double more = Math.max(0, extraToken.value()) + draftToken.value();
    // Before the first judgement half are taken to be confirmed.
    double acceptance = (confirmed + 0.5) / (judged + 1);
    int best = 0;
    double rate = GAIN_WANTED / step;
    double tokens = 1;
    double chance = 1;
    for (int length = 1; length <= most; length++) {
      chance *= acceptance;
      tokens += chance;
      double here = tokens / (step + length * more);
      if (here > rate) {
        best = length;
        rate = here;
      }
    }
    return best;
  }

  @Override
  public void observe(PassCost pass) {
    allNanos += (double) pass.nanos();
    if (pass.drafted() == 0) {
      plain.add((double) pass.passNanos());
      plainSince++;
      draftsSince = 0;
      return;
    }
    double step = plain.isEmpty() ? (double) pass.nanos() : plain.value();
    lostNanos += (double) pass.nanos() - pass.tokens() * step;
    draftToken.add((double) pass.draftNanos() / pass.drafted());
    extraToken.add(((double) pass.passNanos() - step) / pass.drafted());
    confirmed = MEMORY * confirmed + pass.accepted();
    judged = MEMORY * judged + Math.min(pass.drafted(), pass.accepted() + 1);
    pause = best() > 0 ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
    plainSince = 0;
    draftsSince++;
  }
}
