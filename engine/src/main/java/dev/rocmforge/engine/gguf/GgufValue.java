package dev.rocmforge.engine.gguf;

import java.util.List;

/**
 * One metadata value with the type that it has in the file. Scalars are on the heap; long arrays
 * stay where they lie in the mapped file and end with it.
 */
public sealed interface GgufValue {
  /** The type as stored; {@link GgufType#ARRAY} for every array. */
  GgufType type();

  /**
   * An integer of any width.
   *
   * @param bits the value, sign-extended for signed types; a UINT64 beyond {@link Long#MAX_VALUE}
   *     shows as negative
   */
  record Whole(GgufType type, long bits) implements GgufValue {
    public Whole {
      assert type.isInteger() : type;
    }

    @Override
    public String toString() {
      return type == GgufType.UINT64 ? Long.toUnsignedString(bits) : Long.toString(bits);
    }
  }

  /** A FLOAT32 (held exactly) or FLOAT64. */
  record Real(GgufType type, double value) implements GgufValue {
    public Real {
      assert type.isFloat() : type;
    }

    @Override
    public String toString() {
      return type == GgufType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  /** A BOOL. */
  record Flag(boolean value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.BOOL;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** A STRING; bytes that are no UTF-8 have become U+FFFD. */
  record Text(String value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.STRING;
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /** Any array. */
  sealed interface Sequence extends GgufValue permits GgufNumbers, GgufTexts, Nested {
    @Override
    default GgufType type() {
      return GgufType.ARRAY;
    }

    /** Type of the elements. */
    GgufType elementType();

    /** Number of elements. */
    int size();
  }

  /** An array of arrays. */
  record Nested(List<Sequence> arrays) implements Sequence {
    public Nested {
      arrays = List.copyOf(arrays);
    }

    @Override
    public GgufType elementType() {
      return GgufType.ARRAY;
    }

    @Override
    public int size() {
      return arrays.size();
    }
  }

  static GgufValue of(String text) {
    return new Text(text);
  }

  static GgufValue of(boolean flag) {
    return new Flag(flag);
  }

  /** A UINT32, the usual integer of metadata. */
  static GgufValue of(int value) {
    assert value >= 0 : value;
    return new Whole(GgufType.UINT32, value);
  }

  /** A FLOAT32. */
  static GgufValue of(float value) {
    return new Real(GgufType.FLOAT32, value);
  }

  /** An array of STRING. */
  static GgufValue of(List<String> texts) {
    return GgufTexts.of(texts);
  }

  /** An array of INT32. */
  static GgufValue of(int... values) {
    return GgufNumbers.of(values);
  }

  /** An array of FLOAT32. */
  static GgufValue of(float... values) {
    return GgufNumbers.of(values);
  }
}
