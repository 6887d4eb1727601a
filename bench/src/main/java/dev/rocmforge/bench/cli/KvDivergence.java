package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.KvStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A divergence that was measured, from {@code kv-divergence.tsv}, whose first lines say how.
 *
 * @param model on which
 * @param nats mean Kullback-Leibler divergence a token
 */
record KvDivergence(String model, double nats) {
  private static final String FILE = "kv-divergence.tsv";
  private static final List<String> LINES = lines();

  /** Of a cache from the f16 cache; empty where it was not measured. */
  static Optional<List<KvDivergence>> ofCache(KvStorage kv) {
    return of("cache", kv.withSeed(KvStorage.SEED).word());
  }

  /** Of weights in a type from the same weights in f16; empty where it was not measured. */
  static Optional<List<KvDivergence>> ofWeights(String type) {
    return of("weights", type);
  }

  /** Every cache that was measured. */
  static List<String> caches() {
    return LINES.stream()
        .map(line -> line.split("\t", -1))
        .filter(fields -> fields[0].equals("cache"))
        .map(fields -> fields[1])
        .toList();
  }

  private static Optional<List<KvDivergence>> of(String what, String word) {
    String[] models = LINES.getFirst().split("\t", -1);
    for (String line : LINES) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals(what) && fields[1].equals(word)) {
        List<KvDivergence> found = new ArrayList<>();
        for (int i = 2; i < fields.length; i++) {
          if (!fields[i].isEmpty()) {
            found.add(new KvDivergence(models[i], Double.parseDouble(fields[i])));
          }
        }
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private static List<String> lines() {
    try (InputStream in = KvDivergence.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
