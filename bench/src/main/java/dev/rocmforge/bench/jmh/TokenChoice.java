package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Traffic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From logits to a token: the softmax over the vocabulary, and ways to choose. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenChoice implements Measured {
  private static final double BOUND = 1e-9;
  private static final int DRAWS = 20_000;

  @Param("49152")
  public int vocabulary;

  private float[] logits;
  private double[] probabilities;
  private Sampler plain;
  private Sampler greedy;
  private Sampler topP;
  private Sampler topK;

  @Setup
  public void open() {
    logits = Arithmetic.values(vocabulary, 5);
    for (int i = 0; i < vocabulary; i++) {
      logits[i] *= 10;
    }
    probabilities = new double[vocabulary];
    SamplerOptions all = SamplerOptions.DEFAULT.withTopP(1).withSeed(1);
    plain = new Sampler(all, vocabulary);
    greedy = new Sampler(SamplerOptions.GREEDY, vocabulary);
    topP = new Sampler(SamplerOptions.DEFAULT.withSeed(1), vocabulary);
    topK = new Sampler(all.withTopK(40), vocabulary);
  }

  @Benchmark
  public double[] softmax() {
    plain.distribution(logits, probabilities);
    return probabilities;
  }

  @Benchmark
  public int greedy() {
    return greedy.sample(logits);
  }

  @Benchmark
  public int topP() {
    return topP.sample(logits);
  }

  @Benchmark
  public int topK() {
    return topK.sample(logits);
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of(
        "vocabulary",
        ModelShape.all().stream()
            .map(shape -> Integer.toString(shape.vocabulary()))
            .distinct()
            .toList());
  }

  /** The softmax against its formula; the draws against what the softmax says. */
  @Override
  public CheckRecord check() {
    var agreement = new Agreement("TokenChoice", BOUND);
    TokenChoice one = new TokenChoice();
    one.vocabulary = 100;
    one.open();
    double[] exact = new double[one.vocabulary];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = Math.exp(one.logits[i]);
    }
    double sum = Arrays.stream(exact).sum();
    int likeliest = 0;
    for (int i = 0; i < exact.length; i++) {
      exact[i] /= sum;
      likeliest = exact[i] > exact[likeliest] ? i : likeliest;
    }
    agreement.compare("softmax", exact, one.softmax().clone());
    agreement.same("greedy", likeliest, one.greedy());
    frequent(agreement, "topP", likeliest, one.topP, one);
    frequent(agreement, "topK", likeliest, one.topK, one);
    return agreement.verdict();
  }

  /** The likeliest token comes as often as its share says, within five standard deviations. */
  private static void frequent(
      Agreement agreement, String name, int likeliest, Sampler sampler, TokenChoice one) {
    sampler.distribution(one.logits, one.probabilities);
    double share = one.probabilities[likeliest];
    int hits = 0;
    for (int i = 0; i < DRAWS; i++) {
      hits += sampler.sample(one.logits) == likeliest ? 1 : 0;
    }
    double off = Math.abs(hits - DRAWS * share) / Math.sqrt(DRAWS * share * (1 - share));
    agreement.same(name + ": the likeliest of " + hits + " draws", true, off < 5);
  }

  @Override
  public Optional<Traffic> traffic(String method, Map<String, String> parameters) {
    long bytes = 4 * Long.parseLong(parameters.get("vocabulary"));
    return Optional.of(new Traffic(bytes, "logits once"));
  }
}
