package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.route.ExpertMemory;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.RouterTable;
import dev.rocmforge.reports.record.Environment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
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
      converter = KvStorageReader.class,
      description = {
        "Storage of the KV cache: f32, f16, q8_0, turbo4, turbo3 or turbo2, or KEYS/VALUES"
            + " (default: what a .rfm asks for, else f32).",
        "+seedN turns heads by another seed than 1; on the CPU +qjl corrects scores of turbo keys"
            + " and +fullN keeps N positions in f32."
      })
  private KvStorage kv;

  @Option(
      names = "--gpu-index",
      paramLabel = "N",
      description = "GPU among the visible ones (default: the supported one with most memory).")
  private Integer gpuIndex;

  @Option(
      names = "--router",
      paramLabel = "TABLE",
      description =
          "batching, or documented for the documented table to the letter (default: batching).")
  private RouterTable router;

  @Option(
      names = "--allow-fallback",
      description = "Run on the CPU what the GPU cannot; 'run' does so anyway.")
  private boolean allowFallback;

  @Option(
      names = "--autotune",
      description = "Measure launch shapes that have not been on this GPU, and keep them.")
  private boolean autotune;

  @Option(
      names = "--expert-memory",
      paramLabel = "SIZE",
      description = {
        "GPU memory for the experts of a mixture: 50%% of them, or GiB; the others wait in pinned"
            + " host memory.",
        "all: all of them or nothing; auto (the default): all where they fit, else what is left."
      })
  private String expertMemory;

  private boolean fellBack;

  BackendChoice choice() {
    if (fellBack) {
      return BackendChoice.VECTOR;
    }
    if (where == null) {
      return BackendChoice.VECTOR;
    }
    return where.gpu ? BackendChoice.GPU : where.backend;
  }

  /**
   * Opens the backend.
   *
   * @param threads 0 leaves the number to the backend
   * @param lines receives what the GPU's rules decide
   */
  Backend open(int threads, Consumer<String> lines) {
    checkThatGpuIsMeant();
    return choice().open(threads, guard(allowFallback), lines);
  }

  /** As {@link #open} with variables set over those of the environment. */
  Backend openWith(Map<String, String> variables, Consumer<String> lines) {
    checkThatGpuIsMeant();
    return choice().open(0, guard(allowFallback, variables), lines);
  }

  /** As {@link #open}, where a model that the GPU cannot run goes to the CPU by itself. */
  Backend openWithFallback(int threads, Consumer<String> lines) {
    checkThatGpuIsMeant();
    return choice().open(threads, guard(true), lines);
  }

  /**
   * Opens the GPU to time the stages of decoding.
   *
   * @param lines receives what the GPU's rules decide
   */
  Backend openToProfile(Consumer<String> lines) {
    return choice().open(0, guard(allowFallback).withProfile(), lines);
  }

  private GuardOptions guard(boolean fallback) {
    return guard(fallback, Map.of());
  }

  private GuardOptions guard(boolean fallback, Map<String, String> more) {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.putAll(more);
    GuardOptions options = GuardOptions.of(variables).withFallback(fallback);
    if (router != null) {
      options = options.withRouter(router);
    }
    if (autotune) {
      options = options.withAutotune();
    }
    if (expertMemory != null) {
      ExpertMemory.parse("--expert-memory", expertMemory);
      options = options.withExpertMemory(expertMemory);
    }
    return gpuIndex == null ? options : options.withDeviceIndex(gpuIndex);
  }

  /** With what was given here instead of by a variable. */
  Environment noted(Environment environment) {
    return expertMemory == null
        ? environment
        : environment.withVariable(GpuEnvironment.EXPERT_VRAM, expertMemory);
  }

  /** An option that would have no effect is refused. */
  private void checkThatGpuIsMeant() {
    String given =
        gpuIndex != null
            ? "--gpu-index"
            : router != null
                ? "--router"
                : allowFallback
                    ? "--allow-fallback"
                    : autotune ? "--autotune" : expertMemory != null ? "--expert-memory" : "";
    if (!given.isEmpty()) {
      requireGpu(given);
    }
  }

  /**
   * Refuses an option that only a GPU understands.
   *
   * @throws InputException if another backend is chosen
   */
  void requireGpu(String option) {
    if (choice() != BackendChoice.GPU && !fellBack) {
      throw new InputException(option + ": --gpu needed, " + choice().kind().label() + " chosen");
    }
  }

  /** From now on everything runs on the CPU, because the GPU cannot and that is allowed. */
  void fallBack() {
    fellBack = true;
  }

  /** The cache that was asked for, else the one that the model's file asks for, else f32. */
  KvStorage kv(Model model) {
    return kv != null ? kv : model.file().kvStorage().orElse(KvStorage.of(KvType.F32));
  }
}
