package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.hip.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Launches and what else there is to do, in order, each with the stage a profile counts it under.
 */
final class Program {
  /**
   * Values to be looked at after a launch.
   *
   * @param stride floats from one row to the next
   */
  record Tap(Stage stage, int layer, Slice values, int cols, int stride) {}

  /** Looks at values while a program runs; the launches so far are queued, not done. */
  @FunctionalInterface
  interface TapReader {
    void read(Tap tap);
  }

  private record Step(DecodeStage stage, Work work, List<Tap> taps) {}

  private final List<Step> steps = new ArrayList<>();

  void add(DecodeStage stage, Work work) {
    steps.add(new Step(stage, work, new ArrayList<>()));
  }

  /** Values that the launch added last completes. */
  void tap(Stage stage, int layer, Slice values, int cols, int stride) {
    steps.getLast().taps().add(new Tap(stage, layer, values, cols, stride));
  }

  /** A program of the same launches, to be continued otherwise. */
  Program copy() {
    var copy = new Program();
    copy.steps.addAll(steps);
    return copy;
  }

  int size() {
    return steps.size();
  }

  DecodeStage stage(int step) {
    return steps.get(step).stage();
  }

  Set<KernelId> kernels() {
    return steps.stream()
        .flatMap(step -> step.work().kernels().stream())
        .collect(Collectors.toSet());
  }

  /** Whether the host has no part in it. */
  boolean onDevice() {
    return steps.stream().allMatch(step -> step.work().onDevice());
  }

  void resolve(KernelLibrary kernels) {
    steps.forEach(step -> step.work().resolve(kernels));
  }

  void run(Stream stream, int tokens, int splits) {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).work().run(stream, tokens, splits);
    }
  }

  void runStep(int step, Stream stream, int tokens, int splits) {
    steps.get(step).work().run(stream, tokens, splits);
  }

  void run(Stream stream, int tokens, int splits, TapReader reader) {
    for (Step step : steps) {
      step.work().run(stream, tokens, splits);
      step.taps().forEach(reader::read);
    }
  }
}
