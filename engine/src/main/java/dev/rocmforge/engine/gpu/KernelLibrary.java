package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.Kernel;
import dev.rocmforge.engine.hip.KernelSource;
import dev.rocmforge.engine.hip.Module;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The kernels of one device and wave size: compiled on first use, kept on disk, loaded once. Used
 * by one thread at a time; compiles on several.
 */
public final class KernelLibrary implements AutoCloseable {
  private final Device device;
  private final int wave;
  private final KernelSources sources;
  private final CodeStore store;
  private final Map<KernelId, Module> modules = new HashMap<>();
  private final Map<KernelId, Kernel> kernels = new HashMap<>();
  private final Map<String, String> hashes = new HashMap<>();
  private int compiled;

  /**
   * @param root the folder that holds {@code kernels}
   * @param cache the user's cache folder
   */
  public KernelLibrary(Device device, int wave, Path root, Path cache) {
    this.device = device;
    this.wave = wave;
    this.sources = new KernelSources(root);
    this.store = new CodeStore(cache.resolve("kernels"));
  }

  int wave() {
    return wave;
  }

  /** Modules compiled so far, that is, not found on disk. */
  public int compiled() {
    return compiled;
  }

  /** Compiles what is not on disk, several at once, and loads everything. */
  public void prepare(Collection<KernelId> ids) {
    Map<KernelId, KernelSource> missing = new LinkedHashMap<>();
    for (KernelId id : ids) {
      KernelId module = id.module();
      if (!modules.containsKey(module) && !missing.containsKey(module)) {
        missing.put(module, source(module));
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    String version = device.runtime().compiler().version();
    int threads = Math.min(missing.size(), Runtime.getRuntime().availableProcessors());
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      Map<KernelId, Future<byte[]>> codes = new LinkedHashMap<>();
      missing.forEach((id, source) -> codes.put(id, pool.submit(() -> code(source, version))));
      for (Map.Entry<KernelId, Future<byte[]>> code : codes.entrySet()) {
        modules.put(code.getKey(), device.load(result(code.getValue())));
      }
    }
  }

  /** A kernel as the compiler gets it, to be compiled otherwise. */
  public KernelSource sourceOf(KernelId id) {
    return source(id.module());
  }

  /** The kernel, compiled now if need be. */
  public Kernel kernel(KernelId id) {
    Kernel kernel = kernels.get(id);
    if (kernel == null) {
      prepare(List.of(id));
      kernel = modules.get(id.module()).kernel(id.function());
      kernels.put(id, kernel);
    }
    return kernel;
  }

  private static byte[] result(Future<byte[]> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case EnvironmentException refused -> throw refused;
        case Error error -> throw error;
        case Throwable other -> throw new AssertionError(other);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while kernels were compiled", e);
    }
  }

  /** What every kernel is compiled with; constants come on top. */
  public List<String> compilerOptions() {
    String architecture = device.properties().architecture();
    List<String> options = new ArrayList<>();
    options.add("--offload-arch=" + device.properties().architectureName());
    options.add("-std=c++17");
    options.add("-O3");
    options.add("-DRF_WAVE=" + wave);
    if (wave == 64 && architecture.startsWith("gfx1")) {
      options.add("-mwavefrontsize64");
    }
    return options;
  }

  private KernelSource source(KernelId id) {
    Path file = sources.file(id.path(), device.properties().architecture());
    List<String> options = new ArrayList<>(compilerOptions());
    options.addAll(id.constants());
    return new KernelSource(
        id.path() + ".hip", KernelSources.read(file), sources.headers(), options);
  }

  /** Names the kernel at a path: its source, headers, options, compiler and architecture. */
  String sourceHash(String path) {
    String version = device.runtime().compiler().version();
    return hashes.computeIfAbsent(path, one -> key(source(KernelId.of(one)), version));
  }

  private String key(KernelSource source, String version) {
    List<String> parts = new ArrayList<>();
    parts.add(device.runtime().kind().label());
    // A stand-in's file is named by the hash of its sources, which kernels are compiled against.
    parts.add(device.runtime().libraryPath());
    parts.add(device.runtime().version() + " " + version);
    parts.add(device.properties().architectureName());
    parts.add(source.text());
    for (Map.Entry<String, String> header : sources.sortedHeaders()) {
      parts.add(header.getKey());
      parts.add(header.getValue());
    }
    parts.addAll(source.options());
    return CodeStore.key(parts);
  }

  private byte[] code(KernelSource source, String version) {
    String key = key(source, version);
    return store
        .find(key)
        .orElseGet(
            () -> {
              byte[] code = device.runtime().compiler().compile(source).code();
              store.store(key, code);
              count();
              return code;
            });
  }

  private synchronized void count() {
    compiled++;
  }

  @Override
  public void close() {
    var closing = new Closing();
    modules.values().forEach(closing::add);
    modules.clear();
    kernels.clear();
    closing.run();
  }
}
