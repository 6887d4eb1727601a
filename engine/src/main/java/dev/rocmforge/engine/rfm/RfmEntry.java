package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of the tensor table.
 *
 * @param dims the contiguous one first; of an MPO four numbers a site
 * @param offset from the beginning of the payload, in bytes
 * @param size in bytes
 */
record RfmEntry(String name, List<Long> dims, RfmEncoding encoding, long offset, long size) {
  private static final int MOST_DIMS = 64;

  RfmEntry {
    dims = List.copyOf(dims);
  }

  /**
   * @param place table and index, for messages
   * @throws InputException if a field is missing or does not fit, or the size is not what encoding
   *     and dimensions need
   */
  static RfmEntry parse(String place, JsonNode node) {
    String name = RfmJson.text(place, node, "name");
    if (name.isEmpty() || name.length() > 256) {
      throw new InputException(
          "%s: name: 1 to 256 characters needed, %d found".formatted(place, name.length()));
    }
    String at = place + " " + name;
    List<Long> dims = new ArrayList<>();
    JsonNode given = node.path("dims");
    if (!given.isArray() || given.isEmpty() || given.size() > MOST_DIMS) {
      throw new InputException(
          "%s: dims: 1 to %d numbers needed, %d found".formatted(at, MOST_DIMS, given.size()));
    }
    for (JsonNode dim : given) {
      if (!dim.isIntegralNumber() || !dim.canConvertToLong() || dim.longValue() < 1) {
        throw new InputException("%s: dims: 1 or more needed, %s found".formatted(at, dim));
      }
      dims.add(dim.longValue());
    }
    var entry =
        new RfmEntry(
            name,
            dims,
            RfmEncoding.parse(at, node.get("wtype")),
            RfmJson.whole(at, node, "offset"),
            RfmJson.whole(at, node, "size"));
    long needed = entry.bytes(at);
    if (needed != entry.size) {
      throw new InputException(
          "%s: size: %d bytes needed by %s %s, %d found"
              .formatted(at, needed, entry.encoding.text(), dims, entry.size));
    }
    return entry;
  }

  /** Bytes that encoding and dimensions need. */
  long bytes(String place) {
    try {
      return exactBytes(place);
    } catch (ArithmeticException e) {
      throw new InputException(
          "%s: dims: fewer than 2^63 bytes needed, %s found".formatted(place, dims), e);
    }
  }

  private long exactBytes(String place) {
    return switch (encoding) {
      case RfmEncoding.F32 _ -> Math.multiplyExact(4, elements(place, 1, 4));
      case RfmEncoding.GgufPassthrough(QuantType type) -> blocks(place, type);
      case RfmEncoding.Q4Split _, RfmEncoding.Q4SvdQuant _ ->
          Math.multiplyExact(Q4Split.GROUP_BYTES, groups(place, elements(place, 1, 4)));
      case RfmEncoding.Q4FusedGateUp _ -> {
        groups(place, dims.getFirst());
        yield Math.multiplyExact(2 * Q4Split.GROUP_BYTES, groups(place, elements(place, 2, 2)));
      }
      case RfmEncoding.SvdSparseCsr(_, RfmEncoding.Csr csr) -> sparse(place, csr);
      case RfmEncoding.SparseCsr(RfmEncoding.Csr csr) -> sparse(place, csr);
      case RfmEncoding.Mpo mpo -> sites(place, mpo);
      case RfmEncoding.MoeExpertSvdSparse experts -> experts(place, experts);
      case RfmEncoding.MoeExpertMpo mpo -> {
        shape(place, List.of(mpo.cols(), mpo.rows(), mpo.experts()));
        long one = Math.multiplyExact(mpo.chiMax(), Math.addExact(mpo.rows(), mpo.cols()));
        yield Math.addExact(
            32,
            Math.multiplyExact(mpo.valueType().bytes(), Math.multiplyExact(mpo.experts(), one)));
      }
      case RfmEncoding.Mq4 _ -> blocks(place, QuantType.Q4_0);
      case RfmEncoding.Mq6 _ -> blocks(place, QuantType.Q6_K);
    };
  }

  private long elements(String place, int least, int most) {
    if (dims.size() < least || dims.size() > most) {
      throw new InputException(
          "%s: dims: %d to %d numbers needed, %s found".formatted(place, least, most, dims));
    }
    return dims.stream().reduce(1L, Math::multiplyExact);
  }

  private long groups(String place, long elements) {
    if (elements % Q4Split.GROUP != 0) {
      throw new InputException(
          "%s: dims: a multiple of %d weights needed, %s found"
              .formatted(place, Q4Split.GROUP, dims));
    }
    return elements / Q4Split.GROUP;
  }

  private long blocks(String place, QuantType type) {
    if (dims.getFirst() % type.blockSize() != 0) {
      throw new InputException(
          "%s: dims: rows of a multiple of %d weights needed by %s, %s found"
              .formatted(place, type.blockSize(), type, dims));
    }
    return Math.multiplyExact(elements(place, 1, 4) / type.blockSize(), (long) type.blockBytes());
  }

  private void shape(String place, List<Long> needed) {
    if (!dims.equals(needed)) {
      throw new InputException(
          "%s: dims: %s needed by %s, %s found".formatted(place, needed, encoding.text(), dims));
    }
  }

  private long sparse(String place, RfmEncoding.Csr csr) {
    shape(place, List.of(csr.cols(), csr.rows()));
    if (csr.nonZeros() > Math.multiplyExact(csr.rows(), csr.cols())) {
      throw new InputException(
          "%s: nnz: at most %d needed, %d found"
              .formatted(place, csr.rows() * csr.cols(), csr.nonZeros()));
    }
    long indices = Math.multiplyExact(csr.rows() + 1 + csr.nonZeros(), csr.indexBits() / 8);
    return Math.addExact(indices, Math.multiplyExact(csr.nonZeros(), csr.valueType().bytes()));
  }

  private long sites(String place, RfmEncoding.Mpo mpo) {
    if (dims.size() != Math.multiplyExact(4, mpo.sites())) {
      throw new InputException(
          "%s: dims: four numbers for each of %d sites needed, %s found"
              .formatted(place, mpo.sites(), dims));
    }
    long elements = 0;
    for (int site = 0; site < mpo.sites(); site++) {
      elements =
          Math.addExact(
              elements,
              dims.subList(4 * site, 4 * site + 4).stream().reduce(1L, Math::multiplyExact));
    }
    return Math.multiplyExact(elements, mpo.valueType().bytes());
  }

  private long experts(String place, RfmEncoding.MoeExpertSvdSparse e) {
    RfmEncoding.Csr csr = e.csr();
    shape(place, List.of(csr.cols(), csr.rows(), e.experts()));
    if (csr.indexBits() != 32 || csr.valueType() != RfmEncoding.ValueType.F32) {
      throw new InputException(
          "%s: 32-bit indices of f32 needed, %d and %s found"
              .formatted(place, csr.indexBits(), csr.valueType()));
    }
    long factors = Math.multiplyExact(e.k(), Math.addExact(csr.rows(), csr.cols()));
    long each = Math.addExact(factors, csr.rows() + 2);
    long all = Math.multiplyExact(e.experts(), each);
    return Math.multiplyExact(4, Math.addExact(all, Math.multiplyExact(2, csr.nonZeros())));
  }

  /** Dimensions of what is meant: of a product of two sites those of the matrix. */
  List<Long> shape() {
    return encoding instanceof RfmEncoding.Mpo mpo && mpo.sites() == 2
        ? List.of(dims.get(5), dims.get(1))
        : dims;
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", name);
    var shape = node.putArray("dims");
    dims.forEach(dim -> shape.add((long) dim));
    node.set("wtype", encoding.json());
    return node.put("offset", offset).put("size", size);
  }
}
