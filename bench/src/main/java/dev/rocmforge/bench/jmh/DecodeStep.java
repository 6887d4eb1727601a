package dev.rocmforge.bench.jmh;

import com.sun.management.ThreadMXBean;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A whole token: one step of a session and the choice of the next, which allocate nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeStep implements Measured {
  /** Within one block of the cache, which grows block by block. */
  private static final int POSITIONS = 200;

  /** Until then the compiler has done its work; interpreted vectors are objects. */
  private static final long LONGEST_NANOS = 40_000_000_000L;

  @Param(Arithmetic.VECTOR)
  public String backend;

  @Param("1")
  public int threads;

  @Param(EmbeddedModel.NAME)
  public String model;

  private Model opened;
  private Backend opener;
  private Session session;
  private Sampler sampler;
  private int next;

  @Setup
  public void open() {
    opened = Model.open(EmbeddedModel.file(model));
    opener = backend.equals(Arithmetic.SCALAR) ? new ScalarBackend() : new VectorBackend(threads);
    session = opener.open(opened, SessionOptions.DEFAULT.withContextLength(POSITIONS + 1));
    sampler = new Sampler(SamplerOptions.DEFAULT.withSeed(1), opened.config().vocabularySize());
    next = 1;
  }

  @TearDown
  public void close() {
    session.close();
    opener.close();
    opened.close();
  }

  @Benchmark
  public int token() {
    if (session.position() == POSITIONS) {
      session.rewind(0);
    }
    next = sampler.sample(session.step(next));
    return next;
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of("model", List.of(EmbeddedModel.NAME));
  }

  /**
   * Bytes that its thread and the workers allocate for a token once everything is warm: the least
   * that a round of tokens took. A later compilation may keep a vector as an object again; the
   * figure says what the code needs, not that every compilation manages it.
   */
  @Override
  public CheckRecord check() {
    double vector = allocated(Arithmetic.VECTOR);
    double scalar = allocated(Arithmetic.SCALAR);
    List<Figure> figures = List.of(bytes("vector", vector), bytes("scalar", scalar));
    String name = "DecodeStep: allocation per token";
    return vector == 0 && scalar == 0
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, "a warm token allocates", figures);
  }

  private static Figure bytes(String of, double value) {
    return new Figure(of, value, OptionalDouble.of(0), "B");
  }

  /**
   * The least of many rounds, of this thread and the workers: other threads are not the token's.
   */
  private static double allocated(String on) {
    DecodeStep one = new DecodeStep();
    one.backend = on;
    one.threads = 2;
    one.model = EmbeddedModel.SMALLER;
    one.open();
    try {
      var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      one.token();
      long[] own = ownThreads();
      long least = Long.MAX_VALUE;
      long start = System.nanoTime();
      while (least > 0 && System.nanoTime() - start < LONGEST_NANOS) {
        long before = allocated(memory, own);
        for (int i = 0; i < POSITIONS / 4; i++) {
          one.token();
        }
        least = Math.min(least, allocated(memory, own) - before);
      }
      return least / (POSITIONS / 4.0);
    } finally {
      one.close();
    }
  }

  private static long[] ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(one -> one == Thread.currentThread() || one.getName().startsWith("rocmforge-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocated(ThreadMXBean memory, long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += memory.getThreadAllocatedBytes(id);
    }
    return sum;
  }
}
