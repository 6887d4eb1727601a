package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.engine.speculative.SpeculationCounts;
import dev.rocmforge.engine.speculative.SpeculativeDecoder;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Traffic;
import dev.rocmforge.reports.record.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Measures greedy decoding with drafts and without, in turns, on one session, so that both see the
 * same machine. Both generate the same number of tokens and stop at nothing. A drafted token's time
 * is that of its pass for the first token of the pass and 0 for those that came with it.
 */
public final class SpeculativeRun {
  private static final int WARM_UPS = 2;

  private final BenchPlan plan;
  private final Speculation speculation;
  private final Session session;
  private final Drafting drafting;

  /**
   * One prompt.
   *
   * @param counts of all counted repetitions with drafts
   * @param samePlace where the texts first differ, or -1 if they are the same
   */
  public record Pair(
      String prompt,
      Measurement plain,
      Measurement drafted,
      SpeculationCounts counts,
      int samePlace) {}

  @SuppressWarnings("ArrayRecordComponent") // nobody compares them; a record for its accessors
  private record Timed(long[] tokenNanos, int[] tokens, SpeculationCounts counts) {}

  /**
   * @param session of the model, as long as the longest task
   */
  public SpeculativeRun(
      BenchPlan plan, Speculation speculation, Session session, Drafting drafting) {
    this.plan = plan;
    this.speculation = speculation;
    this.session = session;
    this.drafting = drafting;
  }

  /** Measures one prompt; which way is first changes from turn to turn. */
  public Pair run(BenchTask task, BenchListener listener) {
    int[] prompt = task.prompt().toArray();
    List<Timed> plain = new ArrayList<>();
    List<Timed> drafted = new ArrayList<>();
    List<Long> warm = new ArrayList<>();
    int turns = WARM_UPS + plan.repetitions();
    for (int turn = 0; turn < turns; turn++) {
      boolean warmUp = turn < WARM_UPS;
      Timed first = turn % 2 == 0 ? plain(task, prompt) : drafted(task, prompt);
      Timed second = turn % 2 == 0 ? drafted(task, prompt) : plain(task, prompt);
      long nanos = Arrays.stream(first.tokenNanos).sum() + Arrays.stream(second.tokenNanos).sum();
      listener.repetition(task, warmUp, turn + 1, turns, nanos);
      if (warmUp) {
        warm.add(nanos);
      } else {
        plain.add(turn % 2 == 0 ? first : second);
        drafted.add(turn % 2 == 0 ? second : first);
      }
    }
    SpeculationCounts counts =
        drafted.stream().map(Timed::counts).reduce(SpeculationCounts::plus).orElseThrow();
    return new Pair(
        task.label(),
        measurement(task, "plain", plain, warm),
        measurement(
            task,
            "drafts of %s, %s".formatted(drafting.name(), speculation.words()),
            drafted,
            warm),
        counts,
        Arrays.mismatch(plain.getFirst().tokens, drafted.getFirst().tokens));
  }

  private Timed plain(BenchTask task, int[] prompt) {
    session.rewind(0);
    int[] tokens = new int[task.generated()];
    long[] nanos = new long[tokens.length];
    float[] logits = session.prefill(prompt);
    Sampler sampler = new Sampler(SamplerOptions.GREEDY, logits.length);
    long last = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      tokens[i] = sampler.sample(logits);
      logits = session.step(tokens[i]);
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    return new Timed(nanos, tokens, new SpeculationCounts(0, 0, List.of(), List.of()));
  }

  private Timed drafted(BenchTask task, int[] prompt) {
    session.rewind(0);
    int[] tokens = new int[task.generated()];
    long[] nanos = new long[tokens.length];
    float[] logits = session.prefill(prompt);
    Sampler sampler = new Sampler(SamplerOptions.GREEDY, logits.length);
    SpeculativeDecoder decoder = drafting.decoder(session, sampler, logits.length);
    long[] last = {System.nanoTime()};
    int[] count = {0};
    decoder.generate(
        prompt,
        logits,
        tokens.length,
        (token, _) -> {
          long now = System.nanoTime();
          nanos[count[0]] = now - last[0];
          last[0] = now;
          tokens[count[0]++] = token;
          return true;
        });
    // Plain decoding runs its last token too.
    nanos[nanos.length - 1] += System.nanoTime() - last[0];
    return new Timed(nanos, tokens, decoder.counts());
  }

  private Measurement measurement(
      BenchTask task, String decoding, List<Timed> timed, List<Long> warm) {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("prompt", task.label());
    settings.put("decoding", decoding);
    List<Samples.Repetition> repetitions =
        timed.stream()
            .map(t -> Samples.Repetition.decode(OptionalLong.empty(), Nanos.of(t.tokenNanos)))
            .toList();
    Nanos warmNanos = Nanos.of(warm.stream().mapToLong(Long::longValue).toArray());
    Workload workload =
        new Workload(
            Workload.Kind.DECODE,
            task.prompt().size(),
            task.generated(),
            task.depth(),
            plan.session().batchSize(),
            task.threads(),
            plan.session().kv().word(),
            plan.preset(),
            plan.tokens().seed(),
            TokenSource.sha256(TaskWork.tokens(plan, task)),
            plan.repetitions(),
            new Workload.WarmUp(warm.size(), false, "so many turns of both ways"),
            settings);
    return new Measurement(
        workload, new Samples(repetitions, warmNanos), Optional.<Traffic>empty());
  }
}
