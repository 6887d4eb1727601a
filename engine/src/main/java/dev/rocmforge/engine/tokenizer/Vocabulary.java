package dev.rocmforge.engine.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    Optional<String> chatTemplate) {}
