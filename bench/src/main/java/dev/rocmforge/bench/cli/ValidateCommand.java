package dev.rocmforge.bench.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code validate}: the checks by themselves. */
@Command(
    name = "validate",
    description = "Checks kernels, models and the machine.",
    subcommands = {
      ValidateKernelsCommand.class,
      ValidatePrefillCommand.class,
      ValidateModelCommand.class,
      ValidateMachineCommand.class,
      ValidateKvCommand.class,
      Dp4aCommand.class,
      SelfTestCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--self-test", description = "The same as the subcommand self-test.")
  private boolean selfTest;

  @Override
  public Integer call() {
    if (!selfTest) {
      throw new ParameterException(spec.commandLine(), "Missing required subcommand");
    }
    return spec.commandLine().getSubcommands().get("self-test").execute();
  }
}
