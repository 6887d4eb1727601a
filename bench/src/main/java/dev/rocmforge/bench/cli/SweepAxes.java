package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.sweep.KernelChoice;
import dev.rocmforge.bench.sweep.SweepPlan;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The axes of a sweep, each whole unless a part is named. */
final class SweepAxes {
  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      split = ",",
      converter = Kernels.class,
      description = "scalar, packed, multi-row, dp4a, dot2, wmma (default: all).")
  private List<KernelChoice> kernels = List.of(KernelChoice.values());

  @Option(
      names = "--graph",
      paramLabel = "on|off",
      split = ",",
      arity = "1",
      converter = OnOff.class,
      description = "Decode as a graph (default: off,on).")
  private List<Boolean> graphs = List.of(false, true);

  @Option(
      names = "--q8",
      paramLabel = "on|off",
      split = ",",
      arity = "1",
      converter = OnOff.class,
      description = "Activations as signed bytes (default: off,on).")
  private List<Boolean> q8 = List.of(false, true);

  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      split = ",",
      converter = KvStorageReader.class,
      description = "As of bench (default: f32,f16).")
  private List<KvStorage> kvTypes = List.of(KvStorage.of(KvType.F32), KvStorage.of(KvType.F16));

  @Option(
      names = {"-d", "--depths"},
      paramLabel = "N",
      split = ",",
      defaultValue = "0,256",
      description = "Tokens in the context before (default: ${DEFAULT-VALUE}).")
  private List<Integer> depths;

  @Option(
      names = {"-p", "--prompt-length"},
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of the timed prefill (default: ${DEFAULT-VALUE}).")
  private int prompt;

  @Option(
      names = {"-n", "--generate"},
      paramLabel = "N",
      defaultValue = "32",
      description = "Steps of the timed decode (default: ${DEFAULT-VALUE}).")
  private int generated;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      defaultValue = "9",
      description = "Counted, in turns with the baseline (default: ${DEFAULT-VALUE}).")
  private int repetitions;

  SweepPlan plan() {
    if (prompt < 1 || generated < 1 || repetitions < 1 || depths.stream().anyMatch(d -> d < 0)) {
      throw new InputException(
          "sweep: lengths and repetitions of at least 1 and depths of at least 0 needed");
    }
    return new SweepPlan(kernels, graphs, q8, kvTypes, depths, prompt, generated, repetitions);
  }

  /** By the words of records. */
  static final class Kernels implements ITypeConverter<KernelChoice> {
    @Override
    public KernelChoice convert(String word) {
      return Stream.of(KernelChoice.values())
          .filter(choice -> choice.word().equals(word.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("no kernels are called '" + word + "'"));
    }
  }

  /** {@code on} or {@code off}. */
  static final class OnOff implements ITypeConverter<Boolean> {
    @Override
    public Boolean convert(String word) {
      return switch (word) {
        case "on" -> true;
        case "off" -> false;
        default -> throw new TypeConversionException("on or off needed, '" + word + "' given");
      };
    }
  }
}
