package dev.rocmforge.engine.tokenizer;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a model file says about its tokenizer, before anything is built from it. Both containers
 * (GGUF and {@code .rfm}) fill this record.
 *
 * @param source name of the file or container, for messages
 * @param model {@code tokenizer.ggml.model}: {@code gpt2} is byte-level BPE
 * @param pre {@code tokenizer.ggml.pre}, the pre-tokenizer's name, if stated
 * @param tokens the token of each id in the byte-level alphabet
 * @param types {@code tokenizer.ggml.token_type} of each id; empty when the file states none
 * @param merges the merge rules as {@code "left right"}, best rank first
 * @param specialIds ids by role, {@code bos}, {@code eos}, {@code eot}, {@code eom}, ...: the
 *     file's {@code tokenizer.ggml.ROLE_token_id}
 * @param addBos {@code add_bos_token}, if stated
 * @param addEos {@code add_eos_token}, if stated
 * @param chatTemplate {@code tokenizer.chat_template}, Jinja source, if there is one
 */
public record Vocabulary(
    String source,
    String model,
    Optional<String> pre,
    List<String> tokens,
    List<Integer> types,
    List<String> merges,
    Map<String, Integer> specialIds,
    Optional<Boolean> addBos,
    Optional<Boolean> addEos,
    Optional<String> chatTemplate) {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final List<String> ROLES = List.of("bos", "eos", "eot", "eom");
  private static final TokenType[] KINDS = TokenType.values();

  public Vocabulary {
    int size = tokens.size();
    if (!types.isEmpty() && types.size() != size) {
      throw new InputException(
          source
              + ": tokenizer.ggml.token_type has "
              + types.size()
              + " entries for "
              + size
              + " tokens");
    }
    for (int type : types) {
      if (type < 1 || type > KINDS.length) {
        throw new InputException(
            source
                + ": tokenizer.ggml.token_type "
                + type
                + " is not between 1 and "
                + KINDS.length);
      }
    }
    specialIds.forEach(
        (role, id) -> {
          if (id < 0 || id >= size) {
            throw new InputException(
                source
                    + ": tokenizer.ggml."
                    + role
                    + "_token_id is "
                    + id
                    + " outside the vocabulary of "
                    + size);
          }
        });
    tokens = List.copyOf(tokens);
    types = List.copyOf(types);
    merges = List.copyOf(merges);
    specialIds = Map.copyOf(specialIds);
  }

  /**
   * What a GGUF file states; empty if it has no tokenizer.
   *
   * @throws InputException if the keys are of other types than the format gives them, or contradict
   *     each other
   */
  public static Optional<Vocabulary> of(GgufMetadata metadata) {
    String model = metadata.text(PREFIX + "model").orElse("none");
    List<String> tokens = metadata.texts(PREFIX + "tokens");
    if (model.equals("none") || model.equals("no_vocab") || tokens.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Integer> roles = new HashMap<>();
    for (String role : ROLES) {
      OptionalLong id = metadata.integer(PREFIX + role + "_token_id");
      if (id.isPresent()) {
        roles.put(role, Math.clamp(id.getAsLong(), -1, Integer.MAX_VALUE));
      }
    }
    return Optional.of(
        new Vocabulary(
            metadata.file().toString(),
            model,
            metadata.text(PREFIX + "pre"),
            tokens,
            Arrays.stream(metadata.integers(PREFIX + "token_type")).boxed().toList(),
            metadata.texts(PREFIX + "merges"),
            roles,
            metadata.flag(PREFIX + "add_bos_token"),
            metadata.flag(PREFIX + "add_eos_token"),
            metadata.text("tokenizer.chat_template")));
  }

  /** Kind of an id; where the file states none, the ids with a role are control tokens. */
  public TokenType type(int id) {
    if (types.isEmpty()) {
      return specialIds.containsValue(id) ? TokenType.CONTROL : TokenType.NORMAL;
    }
    return KINDS[types.get(id) - 1];
  }

  /** The id of a role such as {@code eos}. */
  public OptionalInt specialId(String role) {
    Integer id = specialIds.get(role);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The spelling of a role's token, empty if the file states no id for it. */
  public String specialText(String role) {
    OptionalInt id = specialId(role);
    return id.isEmpty() ? "" : tokens.get(id.getAsInt());
  }
}
