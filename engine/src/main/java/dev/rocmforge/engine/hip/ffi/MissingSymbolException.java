package dev.rocmforge.engine.hip.ffi;

import dev.rocmforge.engine.EnvironmentException;

/** A library opened, but lacks a function that the engine needs. */
public final class MissingSymbolException extends EnvironmentException {
  private static final long serialVersionUID = 1L;

  MissingSymbolException(String library, String symbol) {
    super(library + ": no function " + symbol);
  }
}
