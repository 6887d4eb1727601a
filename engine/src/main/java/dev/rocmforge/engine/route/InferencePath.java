package dev.rocmforge.engine.route;

/** The ways to run a model; the text form is the one that the router's line has. */
public sealed interface InferencePath {
  /**
   * All prompt tokens in passes of many.
   *
   * @param maxSequence most tokens of one pass
   */
  record BatchedPrefill(int maxSequence) implements InferencePath {
    @Override
    public String toString() {
      return "BatchedPrefill(max_seq=" + maxSequence + ")";
    }
  }

  /** Token by token, prompt included. */
  record DecodeStyle() implements InferencePath {
    @Override
    public String toString() {
      return "DecodeStyle";
    }
  }

  /** Token by token with the kernels that apply a low-rank correction to attention. */
  record SvdOptimized() implements InferencePath {
    @Override
    public String toString() {
      return "SvdOptimized";
    }
  }

  /**
   * Not on the GPU at all.
   *
   * @param reason why not, with the values that decided
   */
  record CpuFallback(String reason) implements InferencePath {
    @Override
    public String toString() {
      return "CpuFallback(" + reason + ")";
    }
  }
}
