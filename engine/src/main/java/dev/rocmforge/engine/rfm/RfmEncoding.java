package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.util.Locale;

/**
 * How a tensor's payload is encoded: the {@code wtype} of the tensor table. A kind without fields
 * is a JSON text, another one an object of one key. {@code docs/rfm.md} has the formulas.
 */
public sealed interface RfmEncoding {
  /** Floats, little-endian. */
  record F32() implements RfmEncoding {}

  /** Blocks of a GGUF type as they are. */
  record GgufPassthrough(QuantType type) implements RfmEncoding {
    @Override
    public String toString() {
      return "GgufPassthrough(" + type + ")";
    }
  }

  /** Q4_0 blocks cut into scales, zero points and nibbles. */
  record Q4Split() implements RfmEncoding {}

  /** Gate and up matrices in Q4_0, interleaved by groups of eight blocks. */
  record Q4FusedGateUp() implements RfmEncoding {}

  /** A residual as {@link Q4Split}; {@code k} columns of U and rows of V in two companions. */
  record Q4SvdQuant(long k) implements RfmEncoding {}

  /** A residual in CSR; U and V in two companions. */
  record SvdSparseCsr(long k, Csr csr) implements RfmEncoding {}

  /** Compressed sparse rows. */
  record SparseCsr(Csr csr) implements RfmEncoding {}

  /** A product of site tensors, each with four dimensions of {@code dims}. */
  record Mpo(long sites, long chiMax, ValueType valueType) implements RfmEncoding {}

  /**
   * Low rank and a sparse residual for each expert.
   *
   * @param rotated whether rows are rotated: {@code MoeExpertSvdFwhtSparse}
   */
  record MoeExpertSvdSparse(boolean rotated, long experts, long k, Csr csr)
      implements RfmEncoding {}

  /** A two-site product for each expert. */
  record MoeExpertMpo(
      long experts, long sites, long chiMax, long rows, long cols, ValueType valueType)
      implements RfmEncoding {}

  /** Q4_0 blocks of rotated rows. */
  record Mq4() implements RfmEncoding {}

  /** Q6_K blocks of rotated rows. */
  record Mq6() implements RfmEncoding {}

  /**
   * Shape of a sparse matrix.
   *
   * @param nonZeros stored values
   * @param indexBits 32 or 64
   */
  record Csr(long rows, long cols, long nonZeros, int indexBits, ValueType valueType) {}

  /** Storage of one value. */
  enum ValueType {
    F32(0, 4),
    F16(1, 2),
    I8(8, 1);

    private final int code;
    private final int bytes;

    ValueType(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    int code() {
      return code;
    }

    int bytes() {
      return bytes;
    }
  }

  /** The kind's name in files. */
  default String kind() {
    return switch (this) {
      case MoeExpertSvdSparse(boolean rotated, _, _, _) when rotated -> "MoeExpertSvdFwhtSparse";
      default -> getClass().getSimpleName();
    };
  }

  /** For people: kind and what matters of its fields. */
  default String text() {
    return switch (this) {
      case GgufPassthrough(QuantType type) -> "GgufPassthrough(" + type + ")";
      case Q4SvdQuant(long k) -> "Q4SvdQuant(k=" + k + ")";
      case SvdSparseCsr(long k, Csr csr) -> "SvdSparseCsr(k=" + k + ", " + density(csr, 1) + ")";
      case SparseCsr(Csr csr) -> "SparseCsr(" + density(csr, 1) + ")";
      case Mpo mpo -> "Mpo(chi=" + mpo.chiMax + ")";
      case MoeExpertSvdSparse e -> kind() + "(k=" + e.k + ", " + density(e.csr, e.experts) + ")";
      case MoeExpertMpo e -> "MoeExpertMpo(chi=" + e.chiMax + ")";
      case F32 _, Q4Split _, Q4FusedGateUp _, Mq4 _, Mq6 _ -> kind();
    };
  }

  private static String density(Csr csr, long matrices) {
    double all = (double) csr.rows * csr.cols * matrices;
    return String.format(Locale.ROOT, "%.1f %% of values", 100 * csr.nonZeros / all);
  }

  /** The {@code wtype} of the table. */
  default JsonNode json() {
    JsonNodeFactory make = JsonNodeFactory.instance;
    ObjectNode fields = make.objectNode();
    switch (this) {
      case F32 _, Q4Split _, Q4FusedGateUp _, Mq4 _, Mq6 _ -> {
        return make.textNode(kind());
      }
      case GgufPassthrough(QuantType type) -> {
        return make.objectNode().put(kind(), type.ggmlType());
      }
      case Q4SvdQuant(long k) -> fields.put("k", k);
      case SvdSparseCsr(long k, Csr csr) -> put(fields.put("k", k), csr, "nnz");
      case SparseCsr(Csr csr) -> put(fields, csr, "nnz");
      case Mpo(long sites, long chi, ValueType values) ->
          fields.put("n_sites", sites).put("chi_max", chi).put("value_type", values.code());
      case MoeExpertSvdSparse e ->
          put(fields.put("n_experts", e.experts).put("k", e.k), e.csr, "total_nnz");
      case MoeExpertMpo e ->
          fields
              .put("n_experts", e.experts)
              .put("n_sites", e.sites)
              .put("chi_max", e.chiMax)
              .put("rows", e.rows)
              .put("cols", e.cols)
              .put("value_type", e.valueType.code());
    }
    return make.objectNode().set(kind(), fields);
  }

  private static void put(ObjectNode fields, Csr csr, String nonZeros) {
    fields.put("rows", csr.rows).put("cols", csr.cols).put(nonZeros, csr.nonZeros);
    fields.put("index_bits", csr.indexBits).put("value_type", csr.valueType.code());
  }

  /**
   * Reads an encoding as the table has it.
   *
   * @param place the tensor, for messages
   * @throws InputException if it is none
   */
  static RfmEncoding parse(String place, JsonNode type) {
    if (type != null && type.isTextual()) {
      return switch (type.textValue()) {
        case "F32" -> new F32();
        case "Q4Split" -> new Q4Split();
        case "Q4FusedGateUp" -> new Q4FusedGateUp();
        case "Mq4" -> new Mq4();
        case "Mq6" -> new Mq6();
        default -> throw unknown(place, type);
      };
    }
    if (type == null || !type.isObject() || type.size() != 1) {
      throw unknown(place, type);
    }
    String kind = type.fieldNames().next();
    if (kind.equals("GgufPassthrough")) {
      long code = RfmJson.whole(place + ": wtype", type, kind);
      return QuantType.ofGgml((int) Math.min(code, Integer.MAX_VALUE))
          .map(GgufPassthrough::new)
          .orElseThrow(() -> unknown(place, type));
    }
    JsonNode at = type.get(kind);
    if (!at.isObject()) {
      throw unknown(place, type);
    }
    return new RfmEncodingFields(place + ": " + kind, at).read(kind);
  }

  static InputException unknown(String place, JsonNode type) {
    String shown = String.valueOf(type);
    return new InputException(
        "%s: wtype: an encoding needed, %s found"
            .formatted(place, shown.length() > 80 ? shown.substring(0, 80) + "…" : shown));
  }
}
