package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A captured sequence of work; kept only until it was instantiated or used for an update. */
public final class Graph extends HipHandle {
  Graph(HipRuntime runtime, MemorySegment handle) {
    super(runtime, AllocationLedger.Kind.GRAPH, "", 0, handle);
  }

  /** Number of nodes: launches, copies and fills. */
  public long nodeCount() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      runtime.check(
          runtime.modules().hipGraphGetNodes(handle(), MemorySegment.NULL, count),
          "hipGraphGetNodes",
          this);
      return count.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Makes it runnable; this graph may be closed afterwards. */
  public GraphExec instantiate() {
    return runtime.created(
        pointer ->
            runtime
                .modules()
                .hipGraphInstantiate(pointer, handle(), MemorySegment.NULL, MemorySegment.NULL, 0),
        "hipGraphInstantiate",
        toString(),
        exec -> new GraphExec(runtime, exec));
  }

  @Override
  int destroy(MemorySegment graph) {
    return runtime.modules().hipGraphDestroy(graph);
  }

  @Override
  String destroyer() {
    return "hipGraphDestroy";
  }
}
