package dev.rocmforge.engine;

/** Storage of one cached key or value element. */
public enum KvType {
  F32,
  F16;

  /** The word used on the command line and in records. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
