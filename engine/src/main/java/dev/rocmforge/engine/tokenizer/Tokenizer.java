package dev.rocmforge.engine.tokenizer;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufMetadata;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Byte-level BPE of one model: text to ids and back. Immutable to its users and shared between
 * threads.
 *
 * <p>Text is cut at special tokens, brought to NFC where the model asks for it, cut into pieces by
 * the pre-tokenizer and merged within each piece by rank (Sennrich et al. 2016, on bytes as in
 * Radford et al. 2019).
 */
public final class Tokenizer {
  /** Names under which models that state no id end a turn or a message. */
  private static final Set<String> END_NAMES =
      Set.of(
          "<|im_end|>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<|end|>",
          "<|eos|>",
          "<end_of_turn>",
          "<eos>",
          "</s>",
          "<EOT>");

  private static final List<String> END_ROLES = List.of("eos", "eot", "eom");

  private final Vocabulary vocabulary;
  private final PreTokenizer pre;
  private final Map<String, Integer> ids;
  private final MergeTable merges;
  private final int[] byteIds = new int[256];
  private final SpecialTokens allSpecial = new SpecialTokens();
  private final SpecialTokens userDefined = new SpecialTokens();
  private final Set<Integer> endIds = new TreeSet<>();
  private final AtomicReference<PieceEncoder> idle = new AtomicReference<>();

  private Tokenizer(Vocabulary vocabulary, PreTokenizer pre) {
    this.vocabulary = vocabulary;
    this.pre = pre;
    ids = HashMap.newHashMap(vocabulary.tokens().size());
    for (int id = 0; id < size(); id++) {
      ids.putIfAbsent(vocabulary.tokens().get(id), id);
    }
    merges = MergeTable.of(vocabulary.merges(), ids, vocabulary.source());
    for (int b = 0; b < 256; b++) {
      byteIds[b] = ids.getOrDefault(String.valueOf(ByteAlphabet.letter(b)), -1);
    }
    for (int id = 0; id < size(); id++) {
      indexSpecial(id);
    }
    END_ROLES.forEach(role -> vocabulary.specialId(role).ifPresent(endIds::add));
  }

  private void indexSpecial(int id) {
    TokenType type = vocabulary.type(id);
    String token = vocabulary.tokens().get(id);
    if (type == TokenType.USER_DEFINED) {
      userDefined.add(token, id);
    }
    if (type == TokenType.USER_DEFINED || type == TokenType.CONTROL) {
      allSpecial.add(token, id);
    }
    if (type != TokenType.NORMAL && END_NAMES.contains(token)) {
      endIds.add(id);
    }
  }

  /**
   * Builds the tokenizer.
   *
   * @throws InputException if the vocabulary is of another kind than byte-level BPE, its
   *     pre-tokenizer is unknown or its tables contradict each other
   */
  public static Tokenizer of(Vocabulary vocabulary) {
    if (!vocabulary.model().equals("gpt2")) {
      throw new InputException(
          vocabulary.source()
              + ": tokenizer.ggml.model is \""
              + vocabulary.model()
              + "\"; known is \"gpt2\" (byte-level BPE)");
    }
    return new Tokenizer(
        vocabulary, PreTokenizer.named(vocabulary.pre().orElse("default"), vocabulary.source()));
  }

  /**
   * As {@link #of(Vocabulary)}.
   *
   * @throws InputException also if the file has no tokenizer; such a model still runs on ids
   */
  public static Tokenizer of(GgufMetadata metadata) {
    return of(
        Vocabulary.of(metadata)
            .orElseThrow(
                () ->
                    new InputException(
                        metadata.file()
                            + ": no tokenizer (tokenizer.ggml.model, tokenizer.ggml.tokens):"
                            + " text needs one")));
  }

  /** Number of ids. */
  public int size() {
    return vocabulary.tokens().size();
  }

  /**
   * Ids of a text.
   *
   * @throws InputException if a byte of the text has no token
   */
  public int[] encode(String text, EncodeOptions options) {
    PieceEncoder mine = idle.getAndSet(null);
    PieceEncoder encoder = mine != null ? mine : new PieceEncoder(pre, ids, byteIds, merges);
    encoder.begin();
    if (options.addSpecial() && addsBos()) {
      encoder.add(bosId().orElseThrow());
    }
    SpecialTokens specials = options.parseSpecial() ? allSpecial : userDefined;
    int from = 0;
    for (SpecialTokens.Match match; (match = specials.find(text, from)) != null; ) {
      addPlain(encoder, text.substring(from, match.start()));
      encoder.add(match.id());
      from = match.end();
    }
    addPlain(encoder, text.substring(from));
    if (options.addSpecial() && addsEos()) {
      encoder.add(eosId().orElseThrow());
    }
    int[] result = encoder.result();
    idle.set(encoder);
    return result;
  }

  private void addPlain(PieceEncoder encoder, String text) {
    encoder.addText(pre.normalises() ? Normalizer.normalize(text, Normalizer.Form.NFC) : text);
  }

  /** Text of ids, control tokens spelled out; invalid UTF-8 becomes U+FFFD. */
  public String decode(int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(tokens.length * 4);
    for (int id : tokens) {
      bytes.writeBytes(bytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A fresh stream; {@code controlText} spells control tokens out instead of leaving them out. */
  public TokenStream stream(boolean controlText) {
    return new TokenStream(this, controlText);
  }

  /**
   * The bytes that an id stands for; of a control or user-defined token, its spelling.
   *
   * @throws InputException if there is no such id
   */
  public byte[] bytes(int id) {
    String token = token(id);
    TokenType type = vocabulary.type(id);
    if (type == TokenType.CONTROL || type == TokenType.USER_DEFINED) {
      return token.getBytes(StandardCharsets.UTF_8);
    }
    if (type == TokenType.BYTE && token.matches("<0x[0-9A-Fa-f]{2}>")) {
      return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
    }
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      int b = ByteAlphabet.unsignedByte(token.charAt(i));
      if (b < 0) {
        // Not written in the alphabet, so it was added to the vocabulary as plain text.
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }

  /**
   * The vocabulary's own spelling of an id, in the byte-level alphabet.
   *
   * @throws InputException if there is no such id
   */
  public String token(int id) {
    if (id < 0 || id >= size()) {
      throw new InputException(
          vocabulary.source() + ": token " + id + " outside the vocabulary of " + size());
    }
    return vocabulary.tokens().get(id);
  }

  /** True for tokens that steer a model and are not part of its text. */
  public boolean isControl(int id) {
    token(id);
    return vocabulary.type(id) == TokenType.CONTROL;
  }

  /** The id whose entry is exactly this text, for example {@code <|im_end|>}. */
  public OptionalInt idOf(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Beginning of sequence. */
  public OptionalInt bosId() {
    return vocabulary.specialId("bos");
  }

  /** End of sequence. */
  public OptionalInt eosId() {
    return vocabulary.specialId("eos");
  }

  /** True if {@link EncodeOptions#addSpecial} puts {@link #bosId} in front. */
  public boolean addsBos() {
    return bosId().isPresent() && vocabulary.addBos().orElse(pre.addsBosByDefault());
  }

  /** True if {@link EncodeOptions#addSpecial} puts {@link #eosId} behind. */
  public boolean addsEos() {
    return eosId().isPresent() && vocabulary.addEos().orElse(false);
  }

  /** Ids that end a generation: end of sequence, of turn, of message. */
  public Set<Integer> endOfGenerationIds() {
    return Set.copyOf(endIds);
  }

  /** True if the id ends a generation. */
  public boolean endsGeneration(int id) {
    return endIds.contains(id);
  }

  /** What the model file says. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** What a caller should print about this tokenizer, for example an unstated pre-tokenizer. */
  public Optional<String> warning() {
    return vocabulary.pre().isPresent()
        ? Optional.empty()
        : Optional.of(
            vocabulary.source()
                + ": tokenizer.ggml.pre is not stated; text is cut by the default pre-tokenizer");
  }

  /** Name of the pre-tokenizer's row, lower case with hyphens: {@code llama-bpe}. */
  public String preTokenizer() {
    return pre.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return "Tokenizer[" + size() + " tokens, " + preTokenizer() + "]";
  }
}
