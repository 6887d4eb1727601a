package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.Kernel;
import dev.rocmforge.engine.hip.Module;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Compiled code and loaded modules of a device, each made once. Compiles ahead on all cores. */
final class KernelModules implements AutoCloseable {
  private final Device device;
  private final KernelFolder folder;
  private final Map<Trial.Code, Future<byte[]>> compiled = new ConcurrentHashMap<>();
  private final Map<Trial.Code, Module> loaded = new HashMap<>();
  private final ExecutorService pool;

  KernelModules(Device device, KernelFolder folder) {
    this.device = device;
    this.folder = folder;
    pool =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            task -> {
              Thread thread = new Thread(task, "kernel compilation");
              thread.setDaemon(true);
              return thread;
            });
  }

  java.nio.file.Path folder() {
    return folder.path();
  }

  /** Begins to compile, in this order. */
  void compileAhead(Set<Trial.Code> codes) {
    for (Trial.Code code : codes) {
      // Whoever needs the code asks again, and then hears of a failure.
      var _ = compile(code);
    }
  }

  private Future<byte[]> compile(Trial.Code code) {
    return compiled.computeIfAbsent(
        code,
        wanted ->
            pool.submit(
                () ->
                    device
                        .runtime()
                        .compiler()
                        .compile(folder.source(wanted, device.properties().architecture()))
                        .code()));
  }

  /** Waits for the code where it is not there yet. */
  Kernel kernel(Trial.Code code, String name) throws InterruptedException {
    Module module = loaded.get(code);
    if (module == null) {
      try {
        module = device.load(compile(code).get());
      } catch (java.util.concurrent.ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException known -> throw known;
          case Error error -> throw error;
          case Throwable other -> throw new AssertionError(other);
        }
      }
      loaded.put(code, module);
    }
    return module.kernel(name);
  }

  /** Lets go of every module; after the device was reset they are gone already. */
  void unload() {
    for (Module module : List.copyOf(loaded.values())) {
      try {
        module.close();
      } catch (HipException e) {
        // The device's context is lost, and the module with it.
      }
    }
    loaded.clear();
  }

  @Override
  public void close() {
    pool.shutdownNow();
    unload();
  }
}
