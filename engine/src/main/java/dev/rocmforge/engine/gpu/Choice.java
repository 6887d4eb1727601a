package dev.rocmforge.engine.gpu;

/** A switch that may be left to the engine. */
public enum Choice {
  AUTO,
  ON,
  OFF
}
