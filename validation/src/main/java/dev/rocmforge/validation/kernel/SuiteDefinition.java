package dev.rocmforge.validation.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the suite asks, as one line an operation: its cases and a hash over their ids, and over the
 * buffers, launches, expected values and tolerances of those in the quick tier. The lines are kept
 * beside this class; faults are planted only against a suite that is known not to have changed.
 */
public final class SuiteDefinition {
  private static final String KEPT = "suite.tsv";
  private static final List<Integer> WAVES = List.of(32, 64);

  private SuiteDefinition() {}

  /** {@code operation, cases, hash} of the suite as it is. */
  public static List<String> lines() {
    Map<String, List<KernelCase>> byOperation = new TreeMap<>();
    for (KernelCase one : KernelCases.of(Tier.FULL, WAVES)) {
      byOperation.computeIfAbsent(one.operation(), name -> new ArrayList<>()).add(one);
    }
    Map<String, MessageDigest> quick = new TreeMap<>();
    for (KernelCase one : KernelCases.of(Tier.QUICK, WAVES)) {
      add(quick.computeIfAbsent(one.operation(), name -> sha256()), one);
    }
    List<String> lines = new ArrayList<>();
    byOperation.forEach(
        (operation, cases) -> {
          MessageDigest digest = quick.getOrDefault(operation, sha256());
          cases.forEach(one -> add(digest, one.id()));
          lines.add(operation + "\t" + cases.size() + "\t" + shortened(digest));
        });
    return lines;
  }

  /** The lines as they were when the suite was frozen. */
  public static List<String> frozen() {
    try (InputStream in = SuiteDefinition.class.getResourceAsStream(KEPT)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One name for all lines. */
  public static String hash(List<String> lines) {
    MessageDigest digest = sha256();
    lines.forEach(line -> add(digest, line));
    return shortened(digest);
  }

  private static void add(MessageDigest digest, KernelCase one) {
    Trial trial = KernelOperations.trial(one);
    add(digest, one.id());
    for (Trial.Launch launch : trial.launches()) {
      add(digest, launch.kernel() + launch.code() + launch.threads() + launch.grid());
      add(digest, launch.arguments().stream().map(SuiteDefinition::argument).toList().toString());
    }
    for (Trial.Slot slot : trial.slots()) {
      add(digest, slot.name() + slot.element() + slot.initial().length);
      slot.expected().ifPresent(expected -> add(digest, totals(expected)));
    }
    add(digest, String.format(Locale.ROOT, "%.5e", Grade.NMSE));
  }

  private static String argument(java.util.Optional<Object> argument) {
    return switch (argument.orElse("null")) {
      case Trial.Slot slot -> slot.name();
      case Trial.Place place -> place.slot().name() + "+" + place.offset();
      case Object other -> other.toString();
    };
  }

  /** Six digits of the sums: processors differ in the last bit of exp and the like. */
  private static String totals(Expectation expected) {
    double values = 0;
    double bounds = 0;
    double energies = 0;
    int special = 0;
    for (int i = 0; i < expected.size(); i++) {
      boolean number = Double.isFinite(expected.value(i)) && Double.isFinite(expected.bound(i));
      if (!expected.touched(i) || !number) {
        special += i % 1021;
      } else {
        values += Math.abs(expected.value(i)) * (1 + i % 7);
        bounds += expected.bound(i) * (1 + i % 7);
        energies += Math.sqrt(expected.energy(i)) * (1 + i % 7);
      }
    }
    return String.format(
        Locale.ROOT, "%d %d %.5e %.5e %.5e", expected.size(), special, values, bounds, energies);
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static String shortened(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
