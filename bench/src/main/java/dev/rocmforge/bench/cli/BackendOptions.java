package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where a model runs; the same options for every command that runs one. */
final class BackendOptions {
  /** Two ways to say it, not both. */
  static final class Where {
    @Option(
        names = "--backend",
        paramLabel = "NAME",
        description = "scalar (the reference), vector (the default) or gpu.")
    private BackendChoice backend;

    @Option(names = "--gpu", description = "Run on the GPU; the same as --backend gpu.")
    private boolean gpu;
  }

  @ArgGroup(exclusive = true)
  private Where where;

  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description = "Storage of the KV cache: f32 or f16 (default: ${DEFAULT-VALUE}).")
  private KvType kvType;

  BackendChoice choice() {
    if (where == null) {
      return BackendChoice.VECTOR;
    }
    return where.gpu ? BackendChoice.GPU : where.backend;
  }

  /**
   * Opens the backend.
   *
   * @param threads 0 leaves the number to the backend
   */
  Backend open(int threads) {
    return choice().open(threads);
  }

  KvType kvType() {
    return kvType;
  }
}
