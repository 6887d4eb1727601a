package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.Accuracy;
import dev.rocmforge.validation.numeric.Nmse;
import dev.rocmforge.validation.numeric.Ulp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Holds the memory after two runs against what a trial expects. */
final class Comparison {
  private final KernelCase one;
  private final Trial trial;
  private final Nmse nmse = new Nmse();
  private Nmse nmseOfSlot = new Nmse();
  private long maxUlp;
  private double share;

  Comparison(KernelCase one, Trial trial) {
    this.one = one;
    this.trial = trial;
  }

  /** The images are those of all buffers, guards included. */
  KernelVerdict verdict(List<byte[]> first, List<byte[]> second) {
    List<String> failures = new ArrayList<>();
    for (Trial.Slot slot : trial.slots()) {
      byte[] image = first.get(slot.index());
      KernelCheck.brokenGuard(slot, image).ifPresent(at -> failures.add(guard(slot, at)));
      byte[] contents = KernelCheck.contents(slot, image);
      slot.expected().flatMap(e -> compare(slot, e, contents)).ifPresent(failures::add);
      int differs = Arrays.mismatch(image, second.get(slot.index()));
      if (differs >= 0) {
        failures.add(slot.name() + ": " + KernelCheck.SECOND_RUN + " (byte " + differs + ")");
      }
    }
    Accuracy accuracy = new Accuracy(nmse.value(), nmse.relativeL2(), maxUlp, share);
    Optional<String> failure =
        failures.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", failures));
    return new KernelVerdict(one, failure, Optional.of(accuracy));
  }

  private static String guard(Trial.Slot slot, long at) {
    long past = at - slot.initial().length;
    return slot.name()
        + ": written outside the buffer, "
        + (at < 0 ? -at + " bytes before its begin" : past + " bytes past its end");
  }

  private Optional<String> compare(Trial.Slot slot, Expectation expected, byte[] contents) {
    MemorySegment after = MemorySegment.ofArray(contents);
    boolean[] wrong = new boolean[expected.size()];
    int count = 0;
    nmseOfSlot = new Nmse();
    for (int i = 0; i < expected.size(); i++) {
      wrong[i] =
          expected.touched(i)
              ? !judge(slot, expected, i, slot.element().read(after, i))
              : changed(slot, contents, i);
      count += wrong[i] ? 1 : 0;
    }
    if (count > 0) {
      return Optional.of(
          slot.name() + ": " + new Diagnosis(slot, expected, after, wrong, count).words());
    }
    double measured = nmseOfSlot.valueOfTerms();
    // Not <=, so that NaN fails.
    if (Grade.ofSingles(one, slot) && !(measured <= Grade.NMSE)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s: NMSE %.2e, at most %.0e expected: every element is within its worst case, but"
                  + " all together they are less exact than f32 sums",
              slot.name(),
              measured,
              Grade.NMSE));
    }
    return Optional.empty();
  }

  private static boolean changed(Trial.Slot slot, byte[] contents, int index) {
    int size = slot.element().bytes();
    int from = index * size;
    return !Arrays.equals(contents, from, from + size, slot.initial(), from, from + size);
  }

  private boolean judge(Trial.Slot slot, Expectation expected, int index, double measured) {
    boolean right = expected.accepts(index, measured);
    double value = expected.value(index);
    boolean any = Double.isInfinite(expected.bound(index));
    if (any || Double.isNaN(value) || (Double.isInfinite(value) && right)) {
      return right;
    }
    nmse.add(value, measured);
    nmseOfSlot.add(value, measured, Math.sqrt(expected.energy(index)));
    if (slot.element() == Element.F32) {
      maxUlp = Math.max(maxUlp, Ulp.between(value, (float) measured));
    }
    double error = Math.abs(measured - value);
    if (error != 0) {
      double ofBound = error / expected.bound(index);
      share = Double.isNaN(ofBound) ? Double.NaN : Math.max(share, ofBound);
    }
    return right;
  }
}
