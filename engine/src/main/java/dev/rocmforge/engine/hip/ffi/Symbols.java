package dev.rocmforge.engine.hip.ffi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Turns the symbols of one opened library into downcalls; the only user of the native linker. */
final class Symbols {
  private final String library;
  private final SymbolLookup lookup;

  Symbols(String library, SymbolLookup lookup) {
    this.library = library;
    this.lookup = lookup;
  }

  boolean has(String name) {
    return lookup.find(name).isPresent();
  }

  MethodHandle required(String name, MemoryLayout result, MemoryLayout... parameters) {
    return link(find(name), FunctionDescriptor.of(result, parameters));
  }

  MethodHandle requiredVoid(String name, MemoryLayout... parameters) {
    return link(find(name), FunctionDescriptor.ofVoid(parameters));
  }

  /** Null where the library has no such function. */
  MethodHandle optional(String name, MemoryLayout result, MemoryLayout... parameters) {
    Optional<MemorySegment> symbol = lookup.find(name);
    return symbol.map(s -> link(s, FunctionDescriptor.of(result, parameters))).orElse(null);
  }

  private MemorySegment find(String name) {
    return lookup.find(name).orElseThrow(() -> new MissingSymbolException(library, name));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(MemorySegment symbol, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  /** A downcall itself never throws: whatever comes out is a mistake in a declaration. */
  static AssertionError unexpected(Throwable e) {
    return new AssertionError(e);
  }
}
