package dev.rocmforge.engine.hip.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Modules, kernels and graphs. Spelled as in {@code kernels/runtimes/hip_abi.h}, pointers and
 * handles as segments, results as the C result codes.
 */
public final class ModuleFunctions {
  private final MethodHandle hipModuleLoadData;
  private final MethodHandle hipModuleUnload;
  private final MethodHandle hipModuleGetFunction;
  private final MethodHandle hipFuncGetAttribute;
  private final MethodHandle hipModuleLaunchKernel;
  private final MethodHandle hipGraphInstantiate;
  private final MethodHandle hipGraphLaunch;
  private final MethodHandle hipGraphExecUpdate;
  private final MethodHandle hipGraphExecDestroy;
  private final MethodHandle hipGraphDestroy;
  private final MethodHandle hipGraphGetNodes;

  ModuleFunctions(Symbols symbols) {
    hipModuleLoadData = symbols.required("hipModuleLoadData", JAVA_INT, ADDRESS, ADDRESS);
    hipModuleUnload = symbols.required("hipModuleUnload", JAVA_INT, ADDRESS);
    hipModuleGetFunction =
        symbols.required("hipModuleGetFunction", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    hipFuncGetAttribute =
        symbols.required("hipFuncGetAttribute", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    hipModuleLaunchKernel =
        symbols.required(
            "hipModuleLaunchKernel",
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    hipGraphInstantiate =
        symbols.required(
            "hipGraphInstantiate", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
    hipGraphLaunch = symbols.required("hipGraphLaunch", JAVA_INT, ADDRESS, ADDRESS);
    hipGraphExecUpdate =
        symbols.required("hipGraphExecUpdate", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    hipGraphExecDestroy = symbols.required("hipGraphExecDestroy", JAVA_INT, ADDRESS);
    hipGraphDestroy = symbols.required("hipGraphDestroy", JAVA_INT, ADDRESS);
    hipGraphGetNodes = symbols.required("hipGraphGetNodes", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
  }

  public int hipModuleLoadData(MemorySegment module, MemorySegment image) {
    try {
      return (int) hipModuleLoadData.invokeExact(module, image);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipModuleUnload(MemorySegment module) {
    try {
      return (int) hipModuleUnload.invokeExact(module);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipModuleGetFunction(
      MemorySegment function, MemorySegment module, MemorySegment name) {
    try {
      return (int) hipModuleGetFunction.invokeExact(function, module, name);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipFuncGetAttribute(MemorySegment value, int attribute, MemorySegment function) {
    try {
      return (int) hipFuncGetAttribute.invokeExact(value, attribute, function);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipModuleLaunchKernel(
      MemorySegment function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      MemorySegment stream,
      MemorySegment kernelParams,
      MemorySegment extra) {
    try {
      return (int)
          hipModuleLaunchKernel.invokeExact(
              function,
              gridX,
              gridY,
              gridZ,
              blockX,
              blockY,
              blockZ,
              sharedBytes,
              stream,
              kernelParams,
              extra);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGraphInstantiate(
      MemorySegment exec,
      MemorySegment graph,
      MemorySegment errorNode,
      MemorySegment log,
      long logSize) {
    try {
      return (int) hipGraphInstantiate.invokeExact(exec, graph, errorNode, log, logSize);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGraphLaunch(MemorySegment exec, MemorySegment stream) {
    try {
      return (int) hipGraphLaunch.invokeExact(exec, stream);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGraphExecUpdate(
      MemorySegment exec, MemorySegment graph, MemorySegment errorNode, MemorySegment result) {
    try {
      return (int) hipGraphExecUpdate.invokeExact(exec, graph, errorNode, result);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGraphExecDestroy(MemorySegment exec) {
    try {
      return (int) hipGraphExecDestroy.invokeExact(exec);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGraphDestroy(MemorySegment graph) {
    try {
      return (int) hipGraphDestroy.invokeExact(graph);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  public int hipGraphGetNodes(MemorySegment graph, MemorySegment nodes, MemorySegment count) {
    try {
      return (int) hipGraphGetNodes.invokeExact(graph, nodes, count);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
