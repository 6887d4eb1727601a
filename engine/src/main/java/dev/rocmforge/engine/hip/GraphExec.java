package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A runnable graph. */
public final class GraphExec extends HipHandle {
  /** Outcome of an update, in the order of {@code hipGraphExecUpdateResult}. */
  public enum Update {
    SUCCESS,
    ERROR,
    TOPOLOGY_CHANGED,
    NODE_TYPE_CHANGED,
    FUNCTION_CHANGED,
    PARAMETERS_CHANGED,
    NOT_SUPPORTED,
    UNSUPPORTED_FUNCTION_CHANGE
  }

  GraphExec(HipRuntime runtime, MemorySegment handle) {
    super(runtime, AllocationLedger.Kind.GRAPH_EXEC, "", 0, handle);
  }

  public void launch(Stream stream) {
    runtime.check(
        runtime.modules().hipGraphLaunch(handle(), stream.handle()), "hipGraphLaunch", this);
  }

  /**
   * Takes over the parameters of a graph of the same shape. Anything but SUCCESS leaves this one as
   * it was: instantiate anew then.
   */
  public Update update(Graph graph) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment node = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
      int code = runtime.modules().hipGraphExecUpdate(handle(), graph.handle(), node, result);
      Update update = Update.values()[result.get(ValueLayout.JAVA_INT, 0)];
      if (code == HipErrors.GRAPH_UPDATE_FAILURE && update != Update.SUCCESS) {
        return update;
      }
      runtime.check(code, "hipGraphExecUpdate", this);
      return update;
    }
  }

  @Override
  int destroy(MemorySegment exec) {
    return runtime.modules().hipGraphExecDestroy(exec);
  }

  @Override
  String destroyer() {
    return "hipGraphExecDestroy";
  }
}
