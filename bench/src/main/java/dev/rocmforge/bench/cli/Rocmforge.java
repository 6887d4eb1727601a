package dev.rocmforge.bench.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command {@code rocmforge}: without a subcommand it prints its help. */
@Command(
    name = "rocmforge",
    description = "Runs, benchmarks and validates LLM inference.",
    mixinStandardHelpOptions = true,
    versionProvider = Rocmforge.Version.class)
public final class Rocmforge implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The whole command tree; nothing has run yet. */
  public static CommandLine commandLine() {
    return new CommandLine(new Rocmforge());
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The version that the jar's manifest states. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Rocmforge.class.getPackage().getImplementationVersion();
      return new String[] {"rocmforge " + (version == null ? "(not packaged)" : version)};
    }
  }
}
