package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.ffi.HipLibrary;
import dev.rocmforge.engine.hip.ffi.NativeMemory;
import java.util.Set;

/** Turns result codes into exceptions with the library's own names and texts. */
final class HipErrors {
  static final int SUCCESS = 0;
  static final int OUT_OF_MEMORY = 2;
  static final int NO_DEVICE = 100;
  static final int NOT_READY = 600;
  static final int LAUNCH_TIMEOUT = 702;
  static final int GRAPH_UPDATE_FAILURE = 910;

  /**
   * {@code hipErrorECCNotCorrectable, hipErrorIllegalAddress, hipErrorLaunchTimeOut,
   * hipErrorAssert, hipErrorLaunchFailure}, and what CUDA tells apart between the last two: stack
   * error, illegal instruction, misaligned address, invalid address space and program counter.
   */
  static final Set<Integer> CONTEXT_LOST = Set.of(214, 700, 702, 710, 714, 715, 716, 717, 718, 719);

  private final HipLibrary library;

  HipErrors(HipLibrary library) {
    this.library = library;
  }

  /** Does nothing on success; {@code context} is added to the message, empty if there is none. */
  void check(int code, String function, String context) {
    if (code != SUCCESS) {
      throw exception(code, function, context);
    }
  }

  HipException exception(int code, String function, String context) {
    String name = NativeMemory.text(library.device().hipGetErrorName(code));
    String text = NativeMemory.text(library.device().hipGetErrorString(code));
    String detail =
        library.standIn().map(s -> NativeMemory.text(s.rocmforgeErrorDetail())).orElse("");
    // Clears the library's memory of the error, so that a later call does not report it again.
    int _ = library.device().hipGetLastError();
    StringBuilder message = new StringBuilder(text);
    if (!context.isEmpty()) {
      message.append("; ").append(context);
    }
    if (!detail.isEmpty()) {
      message.append("; ").append(detail);
    }
    return new HipException(function, code, name, message.toString());
  }
}
