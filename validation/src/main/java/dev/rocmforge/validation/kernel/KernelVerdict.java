package dev.rocmforge.validation.kernel;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.validation.numeric.Accuracy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a case ended.
 *
 * @param failure in words, empty if it passed
 * @param accuracy of all judged elements; empty where nothing could be compared
 */
public record KernelVerdict(KernelCase of, Optional<String> failure, Optional<Accuracy> accuracy) {

  static KernelVerdict broken(KernelCase one, String reason) {
    return new KernelVerdict(one, Optional.of(reason), Optional.empty());
  }

  public boolean passed() {
    return failure.isEmpty();
  }

  /** One command that runs the case again. */
  public String replay() {
    return "rocmforge validate kernels --case " + of.id();
  }

  /** In the form of histories and reports. */
  public CheckRecord record() {
    List<Figure> figures =
        accuracy
            .map(
                a ->
                    List.of(
                        Figure.atMost("largest error / bound", a.boundShare(), 1),
                        figure("NMSE", a.nmse(), ""),
                        figure("relative L2 error", a.relativeL2(), ""),
                        figure("largest distance", a.maxUlp(), "ULP")))
            .orElse(List.of());
    return new CheckRecord(
        "kernel " + of.id(),
        passed() ? CheckVerdict.PASSED : CheckVerdict.FAILED,
        failure,
        figures);
  }

  private static Figure figure(String name, double value, String unit) {
    return new Figure(name, value, OptionalDouble.empty(), unit);
  }
}
