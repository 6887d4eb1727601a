package dev.rocmforge.engine.synthetic;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.gguf.GgufWriter;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A model of a public shape with seeded random weights. It runs end to end and what it says means
 * nothing. The same shape, type and seed give the same bytes on every machine.
 */
public final class SyntheticModel {
  private static final int PIECE_BLOCKS = 8192;
  private static final String ROPE_FACTORS = "rope_freqs.weight";

  private final ModelShape shape;
  private final QuantType type;
  private final long seed;
  private final List<GgufDeclaration> tensors = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param type of every matrix; vectors are F32
   * @param pure refuses where a row is no whole number of blocks; otherwise such a matrix gets the
   *     nearest type that fits, with a note
   * @throws InputException if {@code pure} and a row does not divide
   */
  public SyntheticModel(ModelShape shape, QuantType type, boolean pure, long seed) {
    this.shape = shape;
    this.type = type;
    this.seed = seed;
    declare(pure);
  }

  /** One line for each matrix that could not have the type asked for. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** All tensors, in the order of the file. */
  public List<GgufDeclaration> tensors() {
    return List.copyOf(tensors);
  }

  /** Bytes of all weights. */
  public long bytes() {
    return tensors.stream().mapToLong(GgufDeclaration::bytes).sum();
  }

  private void declare(boolean pure) {
    int queries = shape.heads() * shape.headDim();
    int keys = shape.kvHeads() * shape.headDim();
    matrix("token_embd.weight", shape.hidden(), shape.vocabulary(), pure);
    for (int layer = 0; layer < shape.layers(); layer++) {
      String block = "blk." + layer + ".";
      vector(block + "attn_norm.weight", shape.hidden());
      matrix(block + "attn_q.weight", shape.hidden(), queries, pure);
      matrix(block + "attn_k.weight", shape.hidden(), keys, pure);
      matrix(block + "attn_v.weight", shape.hidden(), keys, pure);
      if (shape.qkvBias()) {
        vector(block + "attn_q.bias", queries);
        vector(block + "attn_k.bias", keys);
        vector(block + "attn_v.bias", keys);
      }
      if (shape.qkNorm()) {
        vector(block + "attn_q_norm.weight", shape.headDim());
        vector(block + "attn_k_norm.weight", shape.headDim());
      }
      matrix(block + "attn_output.weight", queries, shape.hidden(), pure);
      vector(block + "ffn_norm.weight", shape.hidden());
      matrix(block + "ffn_gate.weight", shape.hidden(), shape.feedForward(), pure);
      matrix(block + "ffn_up.weight", shape.hidden(), shape.feedForward(), pure);
      matrix(block + "ffn_down.weight", shape.feedForward(), shape.hidden(), pure);
    }
    vector("output_norm.weight", shape.hidden());
    if (!shape.tied()) {
      matrix("output.weight", shape.hidden(), shape.vocabulary(), pure);
    }
    if (shape.ropeScaling() != null) {
      vector(ROPE_FACTORS, shape.headDim() / 2);
    }
  }

  private void vector(String name, long length) {
    tensors.add(new GgufDeclaration(name, QuantType.F32, List.of(length)));
  }

  private void matrix(String name, long cols, long rows, boolean pure) {
    QuantType fitting = type;
    while (cols % fitting.blockSize() != 0) {
      if (pure) {
        throw new InputException(
            shape.name()
                + ": tensor "
                + name
                + ": rows of whole blocks of "
                + type.blockSize()
                + " needed for "
                + type
                + ", "
                + cols
                + " wide found");
      }
      fitting = narrower(fitting);
    }
    if (fitting != type) {
      notes.add(name + ": " + fitting + " instead of " + type + ", rows are " + cols + " wide");
    }
    tensors.add(new GgufDeclaration(name, fitting, List.of(cols, rows)));
  }

  /** The type of smaller blocks that llama-quantize takes for a row that does not divide. */
  private static QuantType narrower(QuantType type) {
    return switch (type) {
      case Q2_K, Q3_K -> QuantType.IQ4_NL;
      case Q4_K -> QuantType.Q5_0;
      case Q5_K -> QuantType.Q5_1;
      case Q6_K -> QuantType.Q8_0;
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL -> QuantType.F16;
      case F32, F16, BF16 -> throw new AssertionError(type + " fits every row");
    };
  }

  /** The metadata, tokenizer included. */
  public Map<String, GgufValue> metadata() {
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    String family = shape.architecture() + ".";
    metadata.put("general.architecture", GgufValue.of(shape.architecture()));
    metadata.put("general.name", GgufValue.of("synthetic " + shape.name() + " " + type));
    metadata.put("general.quantization_version", GgufValue.of(2));
    metadata.put("synthetic.seed", GgufValue.of(Long.toString(seed)));
    metadata.put(family + "vocab_size", GgufValue.of(shape.vocabulary()));
    metadata.put(family + "context_length", GgufValue.of(shape.context()));
    metadata.put(family + "embedding_length", GgufValue.of(shape.hidden()));
    metadata.put(family + "block_count", GgufValue.of(shape.layers()));
    metadata.put(family + "feed_forward_length", GgufValue.of(shape.feedForward()));
    metadata.put(family + "attention.head_count", GgufValue.of(shape.heads()));
    metadata.put(family + "attention.head_count_kv", GgufValue.of(shape.kvHeads()));
    metadata.put(family + "attention.key_length", GgufValue.of(shape.headDim()));
    metadata.put(family + "attention.value_length", GgufValue.of(shape.headDim()));
    metadata.put(
        family + "attention.layer_norm_rms_epsilon", GgufValue.of((float) shape.normEpsilon()));
    metadata.put(family + "rope.freq_base", GgufValue.of((float) shape.ropeTheta()));
    metadata.put(family + "rope.dimension_count", GgufValue.of(shape.headDim()));
    SyntheticVocabulary.put(metadata, shape.preTokenizer(), shape.vocabulary());
    return metadata;
  }

  /**
   * Writes the model in pieces of some hundred kilobytes.
   *
   * @param progress hears the bytes of weights written so far, after every piece
   * @throws dev.rocmforge.engine.EngineException if the file cannot be written
   */
  public void write(Path path, LongConsumer progress) {
    long written = 0;
    try (GgufWriter writer = GgufWriter.create(path, metadata(), tensors)) {
      for (GgufDeclaration tensor : tensors) {
        Optional<float[]> exact = exact(tensor);
        if (exact.isPresent()) {
          writer.append(tensor.name(), packed(exact.get()));
          written += tensor.bytes();
          progress.accept(written);
        } else {
          written = random(writer, tensor, written, progress);
        }
      }
      writer.finish();
    }
  }

  /** Norms are ones, rotary factors what the formula says; all else is random. */
  private Optional<float[]> exact(GgufDeclaration tensor) {
    if (tensor.name().equals(ROPE_FACTORS)) {
      return Optional.of(shape.ropeScaling().divisors(shape.ropeTheta(), shape.headDim()));
    }
    if (tensor.name().endsWith("norm.weight")) {
      float[] ones = new float[(int) tensor.elements()];
      Arrays.fill(ones, 1f);
      return Optional.of(ones);
    }
    return Optional.empty();
  }

  private static MemorySegment packed(float[] values) {
    ByteBuffer packed =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    packed.asFloatBuffer().put(values);
    return MemorySegment.ofArray(packed.array());
  }

  private long random(
      GgufWriter writer, GgufDeclaration tensor, long before, LongConsumer progress) {
    RandomBlocks blocks = new RandomBlocks(tensor.type(), seed * 31 + tensor.name().hashCode());
    byte[] piece = new byte[PIECE_BLOCKS * tensor.type().blockBytes()];
    long left = tensor.bytes();
    long written = before;
    while (left > 0) {
      int length = (int) Math.min(left, piece.length);
      blocks.fill(piece, length);
      writer.append(tensor.name(), MemorySegment.ofArray(piece).asSlice(0, length));
      left -= length;
      written += length;
      progress.accept(written);
    }
    return written;
  }
}
