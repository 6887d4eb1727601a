package dev.rocmforge.bench.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.gpu.feature.DeviceSelection;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.route.GpuEnvironment;
import java.io.PrintWriter;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code devices}: the GPUs, what they can do, and which one a run takes. */
@Command(
    name = "devices",
    description = {
      "Shows the GPUs, each feature and where the fact came from, and which one a run takes.",
      "Without a library, a driver or a supported device it says which is missing and exits with 3."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DevicesCommand implements Callable<Integer> {
  private final Map<String, String> variables;

  @Spec private CommandSpec spec;

  @Option(
      names = "--gpu-index",
      paramLabel = "N",
      description = "Take this device of the visible ones (HIP_VISIBLE_DEVICES hides others).")
  private Integer index;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  DevicesCommand() {
    this(System.getenv());
  }

  /** With other variables than the process's own. */
  DevicesCommand(Map<String, String> variables) {
    this.variables = variables;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    GpuEnvironment environment = GpuEnvironment.of(variables);
    PrintWriter out = spec.commandLine().getOut();
    try (HipRuntime runtime = HipRuntime.open(HipSettings.of(variables))) {
      OptionalInt asked = index == null ? OptionalInt.empty() : OptionalInt.of(index);
      DeviceSelection selection = DeviceSelection.of(runtime.devices(), asked);
      DeviceReport report = DeviceReport.of(runtime, environment, selection);
      if (json) {
        out.println(
            JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(report));
      } else {
        report.lines().forEach(out::println);
      }
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
