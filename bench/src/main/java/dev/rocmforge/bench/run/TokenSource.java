package dev.rocmforge.bench.run;

import dev.rocmforge.bench.models.Sha256;
import dev.rocmforge.engine.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;

/**
 * The tokens that a benchmark runs: of a text, or seeded random ones. Random tokens cost a dense
 * model exactly what text costs.
 *
 * @param seed of the random tokens
 * @param vocabularySize they are below it
 * @param text tokens to use instead
 */
public record TokenSource(long seed, int vocabularySize, Optional<TokenIds> text) {
  /**
   * The first {@code count} tokens.
   *
   * @throws InputException if the text has fewer
   */
  public TokenIds first(int count) {
    if (text.isEmpty()) {
      // The algorithm of Random is part of its specification: the same tokens on every JVM.
      return TokenIds.of(new Random(seed).ints(count, 0, vocabularySize).toArray());
    }
    if (text.get().size() < count) {
      throw new InputException(
          "prompt file: %d tokens needed, it has %d".formatted(count, text.get().size()));
    }
    return text.get().range(0, count);
  }

  /** The random tokens alone. */
  public TokenSource withoutText() {
    return new TokenSource(seed, vocabularySize, Optional.empty());
  }

  /** SHA-256 of ids as little-endian 32-bit integers. */
  public static String sha256(TokenIds tokens) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.size()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(tokens.toArray());
    return Sha256.of(bytes.array());
  }
}
