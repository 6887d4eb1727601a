package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.rfm.RfmEncoding.Csr;
import dev.rocmforge.engine.rfm.RfmEncoding.ValueType;

/**
 * The fields of an encoding that has some.
 *
 * @param place tensor and kind, for messages
 */
record RfmEncodingFields(String place, JsonNode fields) {
  /** Rows, columns, ranks and expert counts are Java array sizes. */
  private static final long MOST = Integer.MAX_VALUE - 8;

  /**
   * @throws InputException if {@code kind} is not known or a field does not fit
   */
  RfmEncoding read(String kind) {
    return switch (kind) {
      case "Q4SvdQuant" -> new RfmEncoding.Q4SvdQuant(count("k"));
      case "SvdSparseCsr" -> new RfmEncoding.SvdSparseCsr(count("k"), csr("nnz"));
      case "SparseCsr" -> new RfmEncoding.SparseCsr(csr("nnz"));
      case "Mpo" -> new RfmEncoding.Mpo(count("n_sites"), count("chi_max"), valueType());
      case "MoeExpertSvdSparse", "MoeExpertSvdFwhtSparse" ->
          new RfmEncoding.MoeExpertSvdSparse(
              kind.equals("MoeExpertSvdFwhtSparse"),
              count("n_experts"),
              count("k"),
              csr("total_nnz"));
      case "MoeExpertMpo" ->
          new RfmEncoding.MoeExpertMpo(
              count("n_experts"),
              count("n_sites"),
              count("chi_max"),
              count("rows"),
              count("cols"),
              valueType());
      default ->
          throw new InputException(place + ": wtype: an encoding needed, " + kind + " found");
    };
  }

  private long count(String key) {
    return within(key, 1);
  }

  private long within(String key, long least) {
    long value = RfmJson.whole(place, fields, key);
    if (value < least || value > MOST) {
      throw new InputException(
          "%s: %s: %d to %d needed, %d found".formatted(place, key, least, MOST, value));
    }
    return value;
  }

  private Csr csr(String nonZeros) {
    long bits = RfmJson.whole(place, fields, "index_bits");
    if (bits != 32 && bits != 64) {
      throw new InputException(place + ": index_bits: 32 or 64 needed, " + bits + " found");
    }
    return new Csr(count("rows"), count("cols"), within(nonZeros, 0), (int) bits, valueType());
  }

  private ValueType valueType() {
    long code = RfmJson.whole(place, fields, "value_type");
    for (ValueType type : ValueType.values()) {
      if (type.code() == code) {
        return type;
      }
    }
    throw new InputException(place + ": value_type: 0, 1 or 8 needed, " + code + " found");
  }
}
