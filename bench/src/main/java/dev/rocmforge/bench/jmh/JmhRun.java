package dev.rocmforge.bench.jmh;

import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks under JMH: first the proof that they are right, then the times. */
public final class JmhRun {
  private static final String INDEX = "/META-INF/BenchmarkList";

  private JmhRun() {}

  /**
   * The classes that a pattern means.
   *
   * @throws InputException if it is no pattern or means none
   * @throws EnvironmentException where this build comes without the benchmarks
   */
  public static List<Measured> chosen(String pattern) {
    if (JmhRun.class.getResource(INDEX) == null) {
      throw new EnvironmentException(
          "this build comes without its JMH benchmarks; './rocmforge' of a checkout has them");
    }
    try {
      Pattern wanted = Pattern.compile(pattern);
      List<Measured> chosen =
          Measured.all().stream()
              .filter(each -> methods(each).stream().anyMatch(m -> wanted.matcher(m).find()))
              .toList();
      if (chosen.isEmpty()) {
        throw new InputException(
            "benchmarks: a pattern of one of "
                + Measured.all().stream().flatMap(each -> methods(each).stream()).toList()
                + " needed, '"
                + pattern
                + "' given");
      }
      return chosen;
    } catch (PatternSyntaxException e) {
      throw new InputException(
          "benchmarks: a regular expression needed, '%s' given: %s"
              .formatted(pattern, e.getDescription()),
          e);
    }
  }

  private static List<String> methods(Measured each) {
    List<String> names = new ArrayList<>();
    for (var method : each.getClass().getMethods()) {
      if (method.isAnnotationPresent(org.openjdk.jmh.annotations.Benchmark.class)) {
        names.add(each.getClass().getName() + "." + method.getName());
      }
    }
    return names;
  }

  /** What the classes' proofs say, in the same JVM. */
  public static List<CheckRecord> checks(List<Measured> chosen) {
    return chosen.stream().map(Measured::check).toList();
  }

  /**
   * Measures.
   *
   * @param progress receives JMH's own lines
   * @throws EnvironmentException if JMH cannot run, or one of the benchmarks failed
   */
  public static List<Measurement> run(JmhPlan plan, PrintStream progress) {
    Map<String, List<String>> parameters = new HashMap<>();
    chosen(plan.pattern()).forEach(each -> parameters.putAll(each.parameters()));
    for (String name : plan.parameters().keySet()) {
      if (!parameters.containsKey(name)) {
        throw new InputException(
            "parameter: one of %s needed, '%s' given"
                .formatted(parameters.keySet().stream().sorted().toList(), name));
      }
    }
    parameters.putAll(plan.parameters());
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(plan.pattern())
            .forks(plan.forks())
            .warmupForks(0)
            .warmupIterations(plan.warmUps())
            .warmupTime(TimeValue.milliseconds(plan.iterationMillis()))
            .measurementIterations(plan.iterations())
            .measurementTime(TimeValue.milliseconds(plan.iterationMillis()))
            .shouldFailOnError(true)
            .param("backend", plan.backend())
            .param("threads", Integer.toString(plan.threads()));
    parameters.forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    try {
      var lines = OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL);
      Collection<RunResult> results = new Runner(options.build(), lines).run();
      return results.stream().map(result -> measurement(plan, result)).toList();
    } catch (RunnerException e) {
      throw new EnvironmentException("JMH: " + e.getMessage(), e);
    }
  }

  private static Measurement measurement(JmhPlan plan, RunResult result) {
    BenchmarkParams params = result.getParams();
    String benchmark = params.getBenchmark();
    String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
    String owner = benchmark.substring(0, benchmark.lastIndexOf('.'));
    Map<String, String> given = new TreeMap<>();
    for (String key : params.getParamsKeys()) {
      given.put(key, params.getParam(key));
    }
    boolean threaded = given.containsKey("threads");
    TreeMap<String, String> settings = new TreeMap<>(given);
    settings.keySet().removeAll(List.of("backend", "threads"));
    settings.put(Workload.OPERATION, owner.substring(owner.lastIndexOf('.') + 1) + "." + method);
    List<Samples.Repetition> repetitions = repetitions(result);
    Workload workload =
        new Workload(
            Workload.Kind.OPERATION,
            0,
            0,
            0,
            1,
            threaded ? plan.threads() : 1,
            "none",
            "jmh",
            0,
            TokenSource.sha256(TokenIds.NONE),
            repetitions.size(),
            new Workload.WarmUp(
                plan.warmUps(),
                false,
                "JMH: %d forks of %d and %d iterations of %d ms"
                    .formatted(
                        plan.forks(), plan.warmUps(), plan.iterations(), plan.iterationMillis())),
            settings);
    Measured measured =
        Measured.all().stream()
            .filter(each -> each.getClass().getName().equals(owner))
            .findFirst()
            .orElseThrow();
    return new Measurement(
        workload, new Samples(repetitions, Nanos.of()), measured.traffic(method, given));
  }

  /** One an iteration: JMH's time of one operation times a fixed number of them. */
  private static List<Samples.Repetition> repetitions(RunResult result) {
    List<Samples.Repetition> repetitions = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        double nanos = iteration.getPrimaryResult().getScore();
        repetitions.add(
            Samples.Repetition.prefill(
                Math.max(1, Math.round(nanos * Workload.OPERATIONS_PER_REPETITION))));
      }
    }
    return repetitions;
  }
}
