package dev.rocmforge.bench.jmh;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Traffic;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A class of benchmarks: what its parameters may be, and the proof that what it times is right. */
public interface Measured {
  /** Every class; a new one is measured and tested once it stands here. */
  static List<Measured> all() {
    return List.of(
        new MatrixVector(),
        new MatrixMatrix(),
        new CompressedMatrix(),
        new Attention(),
        new RowOperations(),
        new TokenChoice(),
        new Tokenizing(),
        new Opening(),
        new Rendering(),
        new DecodeStep());
  }

  /**
   * The values of its parameters when nobody names others. Parameters of one name have the same
   * values in every class.
   */
  Map<String, List<String>> parameters();

  /** Shows on small inputs, for all that its tables enumerate, that its variants agree. */
  CheckRecord check();

  /** Bytes that one operation of a method moves or works through, where that means something. */
  default Optional<Traffic> traffic(String method, Map<String, String> parameters) {
    return Optional.empty();
  }
}
