package dev.rocmforge.engine.session;

/** Read access to cached keys and values, for dumps and checks; slow. */
public interface KvReader {
  /** Number of layers. */
  int layers();

  /** Positions that hold keys and values. */
  int positions();

  /** Key elements of one position: all key heads, one after the other. */
  int keyWidth();

  /** Value elements of one position: all value heads, one after the other. */
  int valueWidth();

  /** A key element after rotation, as the cache holds it. */
  float key(int layer, int position, int element);

  /** A value element as the cache holds it. */
  float value(int layer, int position, int element);
}
