package dev.rocmforge.engine.convert;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.compress.Hadamard;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.rfm.RfmEncoding;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A form that one tensor of a model may take, whatever form others take; has a {@link #word}. */
public sealed interface TensorForm {
  /** As it is: {@code kept}. */
  record Kept() implements TensorForm {}

  /** Blocks of a type: {@code Q4_0}. */
  record Blocks(QuantType type) implements TensorForm {}

  /** Blocks of rotated rows: {@code Mq4}, {@code Mq6}. */
  record Rotated(QuantType type) implements TensorForm {}

  /** Factors and a residual in Q4_0: {@code svd16}. */
  record SvdBlocks(int rank) implements TensorForm {}

  /** The largest values: {@code csr0.1}. */
  record Sparse(double share) implements TensorForm {}

  /** Factors and the largest values of the residual: {@code svd8+csr0.1}. */
  record SvdSparse(int rank, double share) implements TensorForm {}

  /** Factors alone: {@code mpo64}. */
  record Factors(int rank) implements TensorForm {}

  /**
   * The form of a word, in any case.
   *
   * @throws InputException if it is none
   */
  static TensorForm parse(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (lower.equals("kept")) {
      return new Kept();
    }
    if (lower.equals("mq4") || lower.equals("mq6")) {
      return new Rotated(lower.equals("mq4") ? QuantType.Q4_0 : QuantType.Q6_K);
    }
    Matcher numbered =
        Pattern.compile("(?:(svd|mpo)([1-9]\\d{0,4}))?(\\+?)(?:csr(0\\.\\d{1,6}))?").matcher(lower);
    if (numbered.matches() && !lower.isEmpty()) {
      boolean joined = !numbered.group(3).isEmpty();
      int rank = numbered.group(2) == null ? 0 : Integer.parseInt(numbered.group(2));
      double share = numbered.group(4) == null ? 0 : Double.parseDouble(numbered.group(4));
      if (joined == (rank > 0 && share > 0) && !(joined && lower.startsWith("mpo"))) {
        return share == 0
            ? lower.startsWith("mpo") ? new Factors(rank) : new SvdBlocks(rank)
            : rank == 0 ? new Sparse(share) : new SvdSparse(rank, share);
      }
    }
    return Arrays.stream(QuantType.values())
        .filter(type -> type.name().equalsIgnoreCase(word) && type.format().encodes())
        .findFirst()
        .map(Blocks::new)
        .orElseThrow(
            () ->
                new InputException(
                    "form: a type, Mq4, Mq6, svdN, csr0.N, svdN+csr0.N, mpoN or kept needed, "
                        + (word + " given")));
  }

  /** What {@link #parse} reads. */
  default String word() {
    return switch (this) {
      case Kept _ -> "kept";
      case Blocks(QuantType type) -> type.name();
      case Rotated(QuantType type) -> type == QuantType.Q4_0 ? "Mq4" : "Mq6";
      case SvdBlocks(int rank) -> "svd" + rank;
      case Sparse(double share) -> "csr" + share;
      case SvdSparse(int rank, double share) -> "svd" + rank + "+csr" + share;
      case Factors(int rank) -> "mpo" + rank;
    };
  }

  /** Whether a choice of forms makes sense: a matrix of a product, the embeddings or the head. */
  static boolean open(GgufTensor tensor) {
    return ConvertPolicy.product(tensor) || table(tensor);
  }

  /** Embeddings and head; the engine reads them as blocks of a type alone. */
  private static boolean table(GgufTensor tensor) {
    return tensor.name().equals("token_embd.weight") || tensor.name().equals("output.weight");
  }

  /** Bytes of the tensor in this form, at most; empty where it cannot have it. */
  default OptionalLong bytes(GgufTensor tensor) {
    long size = tensor.elements();
    long sides = tensor.cols() + tensor.rows();
    boolean matrix = tensor.shape().size() == 2 && !table(tensor);
    long thin = Math.min(tensor.cols(), tensor.rows());
    return switch (this) {
      case Kept _ -> OptionalLong.of(tensor.data().byteSize());
      case Blocks(QuantType type) when tensor.cols() % type.blockSize() == 0 ->
          OptionalLong.of(type.bytes(size));
      case Rotated(QuantType type)
          when tensor.cols() % type.blockSize() == 0
              && Hadamard.fits((int) tensor.cols())
              && !table(tensor) ->
          OptionalLong.of(type.bytes(size));
      case SvdBlocks(int rank)
          when matrix && rank <= thin && tensor.cols() % 32 == 0 && TensorEncoder.splits(size) ->
          OptionalLong.of(size / 32 * 20 + 4L * rank * sides);
      case Sparse(double share) when matrix ->
          OptionalLong.of(4 * (tensor.rows() + 1) + 8 * (long) (share * size));
      case SvdSparse(int rank, double share) when matrix && rank <= thin ->
          OptionalLong.of(4 * (tensor.rows() + 1) + 8 * (long) (share * size) + 4L * rank * sides);
      case Factors(int rank) when matrix && rank <= thin -> OptionalLong.of(4L * rank * sides);
      default -> OptionalLong.empty();
    };
  }

  /**
   * The tensor in this form.
   *
   * @param how factors are found, where the form has some
   * @throws InputException if a weight is NaN or infinite
   */
  default EncodedTensor encode(DenseSource source, Factoring how) {
    return switch (this) {
      case Kept _ -> kept(source.tensor());
      case Blocks(QuantType type) -> TensorEncoder.blocks(source, type);
      case Rotated(QuantType type) ->
          TensorEncoder.rotated(
              source, type, type == QuantType.Q4_0 ? new RfmEncoding.Mq4() : new RfmEncoding.Mq6());
      case SvdBlocks(int rank) -> TensorEncoder.svdQuant(source, how, rank);
      case Sparse(double share) -> TensorEncoder.sparse(source, share);
      case SvdSparse(int rank, double share) -> TensorEncoder.svdSparse(source, how, rank, share);
      case Factors(int rank) -> TensorEncoder.mpo(source, how, rank);
    };
  }

  /**
   * A tensor as its file has it; not as {@link TensorEncoder#pack}, which spends bytes on speed.
   */
  static EncodedTensor kept(GgufTensor tensor) {
    return EncodedTensor.exact(
        tensor.name(),
        tensor.shape(),
        tensor.type() == QuantType.F32
            ? new RfmEncoding.F32()
            : new RfmEncoding.GgufPassthrough(tensor.type()),
        tensor.data());
  }
}
