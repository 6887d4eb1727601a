package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.ffi.HiprtcLibrary;
import dev.rocmforge.engine.hip.ffi.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;

/**
 * hiprtc. Compiles on a thread of its own with a deep stack, because the compiler inside recurses
 * deeply; the caller waits. Safe for several threads.
 */
public final class KernelCompiler {
  private static final long STACK_BYTES = 16L << 20;

  private final HiprtcLibrary library;

  KernelCompiler(HiprtcLibrary library) {
    this.library = library;
  }

  /** A code object for {@link Device#load}, and what the compiler had to say. */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
  public record Compiled(byte[] code, String log) {}

  /** Version of the compiler as {@code major.minor}. */
  public String version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment minor = arena.allocate(ValueLayout.JAVA_INT);
      check(library.hiprtcVersion(major, minor), "hiprtcVersion", "");
      return major.get(ValueLayout.JAVA_INT, 0) + "." + minor.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /**
   * Compiles one source.
   *
   * @throws KernelCompilationException with the compiler's log
   */
  public Compiled compile(KernelSource source) {
    FutureTask<Compiled> task = new FutureTask<>(() -> compileHere(source));
    Thread thread = new Thread(null, task, "hiprtc " + source.name(), STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get();
    } catch (java.util.concurrent.ExecutionException e) {
      switch (e.getCause()) {
        case KernelCompilationException refused -> throw refused;
        case Error error -> throw error;
        case Throwable other -> throw new AssertionError(other);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KernelCompilationException(source.name() + ": interrupted", "");
    }
  }

  private Compiled compileHere(KernelSource source) {
    try (Arena arena = Arena.ofConfined()) {
      Map<String, String> headers = new TreeMap<>(source.headers());
      MemorySegment program = arena.allocate(ValueLayout.ADDRESS);
      check(
          library.hiprtcCreateProgram(
              program,
              arena.allocateFrom(source.text()),
              arena.allocateFrom(source.name()),
              headers.size(),
              strings(arena, List.copyOf(headers.values())),
              strings(arena, List.copyOf(headers.keySet()))),
          "hiprtcCreateProgram",
          source.name());
      MemorySegment handle = program.get(ValueLayout.ADDRESS, 0);
      try {
        return compileProgram(arena, handle, source);
      } finally {
        check(library.hiprtcDestroyProgram(program), "hiprtcDestroyProgram", source.name());
      }
    }
  }

  private Compiled compileProgram(Arena arena, MemorySegment program, KernelSource source) {
    int result =
        library.hiprtcCompileProgram(
            program, source.options().size(), strings(arena, source.options()));
    String log = log(arena, program, source.name());
    if (result != 0) {
      String what = NativeMemory.text(library.hiprtcGetErrorString(result));
      throw new KernelCompilationException(
          source.name() + ": hiprtcCompileProgram: " + what + " " + source.options(), log);
    }
    MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    check(library.hiprtcGetCodeSize(program, size), "hiprtcGetCodeSize", source.name());
    MemorySegment code = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
    check(library.hiprtcGetCode(program, code), "hiprtcGetCode", source.name());
    return new Compiled(code.toArray(ValueLayout.JAVA_BYTE), log);
  }

  private String log(Arena arena, MemorySegment program, String name) {
    MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    check(library.hiprtcGetProgramLogSize(program, size), "hiprtcGetProgramLogSize", name);
    long bytes = size.get(ValueLayout.JAVA_LONG, 0);
    if (bytes <= 1) {
      return "";
    }
    MemorySegment log = arena.allocate(bytes + 1);
    check(library.hiprtcGetProgramLog(program, log), "hiprtcGetProgramLog", name);
    return log.getString(0);
  }

  private static MemorySegment strings(Arena arena, List<String> texts) {
    if (texts.isEmpty()) {
      return MemorySegment.NULL;
    }
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, texts.size());
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return array;
  }

  private void check(int result, String function, String context) {
    if (result != 0) {
      throw new KernelCompilationException(
          function
              + ": "
              + NativeMemory.text(library.hiprtcGetErrorString(result))
              + ": "
              + context,
          "");
    }
  }
}
