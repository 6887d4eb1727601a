package dev.rocmforge.engine.route;

import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.InferencePath.BatchedPrefill;
import dev.rocmforge.engine.route.InferencePath.CpuFallback;
import dev.rocmforge.engine.route.InferencePath.DecodeStyle;
import dev.rocmforge.engine.route.InferencePath.SvdOptimized;
import java.util.List;
import java.util.Optional;

/** Chooses the way a model is run; a pure function of {@link Request}. */
public final class Router {
  /** Longest prompt that the documented table batches. */
  public static final int DOCUMENTED_MAX_SEQUENCE = 512;

  private Router() {}

  /**
   * What the choice depends on.
   *
   * @param table which table to go by
   * @param profile the model
   * @param promptTokens tokens of the prompt, at least 1
   * @param chunk most prompt tokens of one pass
   * @param experimentalKernels whether sparse, MPO and SVD kernels may run
   * @param obstacles why the GPU cannot run the model at all: a format without a kernel, a budget
   *     that is too small; empty when it can
   */
  public record Request(
      RouterTable table,
      ModelProfile profile,
      int promptTokens,
      int chunk,
      boolean experimentalKernels,
      List<String> obstacles) {
    public Request {
      obstacles = List.copyOf(obstacles);
      if (promptTokens < 1 || chunk < 1) {
        throw new AssertionError(promptTokens + " prompt tokens, passes of " + chunk);
      }
    }
  }

  private record Choice(InferencePath path, String reason) {}

  /** The path, why, and where it is another one than the documented table's. */
  public static Route route(Request request) {
    Choice documented = documented(request);
    Choice chosen = request.table() == RouterTable.DOCUMENTED ? documented : batching(request);
    boolean differs = !kind(chosen.path()).equals(kind(documented.path()));
    return new Route(
        request.profile(),
        chosen.path(),
        chosen.reason(),
        differs
            ? Optional.of(documented.path() + " (" + documented.reason() + ")")
            : Optional.empty());
  }

  private static Class<?> kind(InferencePath path) {
    return path.getClass();
  }

  private static Choice documented(Request request) {
    Optional<Choice> ruled = ruled(request);
    if (ruled.isPresent()) {
      return ruled.get();
    }
    ModelProfile profile = request.profile();
    int tokens = request.promptTokens();
    if (profile.moe() || profile.ssm()) {
      return tokenByToken((profile.moe() ? "mixture-of-experts" : "state-space") + " model");
    }
    if (!profile.pure(QuantType.Q4_0)) {
      return tokenByToken(profile.quantClass() + " is not Q4_0");
    }
    if (tokens > DOCUMENTED_MAX_SEQUENCE) {
      return tokenByToken("prompt of %d tokens, more than 512".formatted(tokens));
    }
    return new Choice(
        new BatchedPrefill(DOCUMENTED_MAX_SEQUENCE),
        "Q4_0 model, prompt of %d tokens, 2 to 512".formatted(tokens));
  }

  private static Choice batching(Request request) {
    Optional<Choice> ruled = ruled(request);
    if (ruled.isPresent()) {
      return ruled.get();
    }
    int tokens = request.promptTokens();
    int passes = Math.ceilDiv(tokens, request.chunk());
    return new Choice(
        new BatchedPrefill(request.chunk()),
        "prompt of %d tokens in %d %s of at most %d"
            .formatted(tokens, passes, passes == 1 ? "pass" : "passes", request.chunk()));
  }

  /** The rules that both tables share, in order of precedence. */
  private static Optional<Choice> ruled(Request request) {
    ModelProfile profile = request.profile();
    if (!request.obstacles().isEmpty()) {
      String reason = String.join("; ", request.obstacles());
      return Optional.of(new Choice(new CpuFallback(reason), reason));
    }
    if (profile.sparse() || profile.mpo()) {
      return Optional.of(tokenByToken((profile.sparse() ? "sparse" : "MPO") + " model"));
    }
    if (profile.svd()) {
      String variable = GpuEnvironment.ENABLE_EXPERIMENTAL_KERNELS;
      return Optional.of(
          request.experimentalKernels()
              ? new Choice(new SvdOptimized(), "SVD model and " + variable + "=1")
              : tokenByToken("SVD model without " + variable + "=1"));
    }
    return request.promptTokens() == 1
        ? Optional.of(tokenByToken("prompt of a single token"))
        : Optional.empty();
  }

  private static Choice tokenByToken(String reason) {
    return new Choice(new DecodeStyle(), reason);
  }
}
