package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/**
 * The command {@code rocmforge}. With options and no subcommand it generates text as {@code run}
 * does; with nothing at all it prints its help.
 */
@Command(
    name = "rocmforge",
    description = {
      "Runs, benchmarks and validates LLM inference.",
      "Without a command the options are those of 'run'."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Rocmforge.Version.class)
public final class Rocmforge implements Callable<Integer> {
  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          BenchCommand.class,
          GateCommand.class,
          BaselineCommand.class,
          DevicesCommand.class,
          ModelsCommand.class,
          QuantizeCommand.class,
          ConvertCommand.class,
          InspectCommand.class,
          TokenizeCommand.class,
          LogitsCommand.class,
          PerplexityCommand.class,
          ParetoCommand.class,
          ValidateCommand.class,
          SweepCommand.class,
          ReportCommand.class,
          CompareCommand.class,
          HardwareCommand.class,
          ReproduceCommand.class,
          GenerateCompletion.class);

  @Spec private CommandSpec spec;
  @Mixin private RunOptions options;

  public static void main(String[] arguments) {
    StandardOutput stdout = StandardOutput.ofProcess();
    PrintWriter out = stdout.writer();
    PrintWriter err =
        new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
    int code = execute(commandLine(needed(arguments)).setOut(out).setErr(err), arguments);
    out.flush();
    if (code == ExitCode.DONE.code()) {
      try {
        stdout.check();
      } catch (InputException e) {
        code = ErrorLines.report(e, err, List.of());
      }
    }
    System.exit(code);
  }

  /** The whole command tree; nothing has run yet. */
  public static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  /** The one command that is named, else all: to read the options of all takes a quarter second. */
  private static List<Class<?>> needed(String... arguments) {
    for (Class<?> command : COMMANDS) {
      if (arguments.length > 0
          && command != GenerateCompletion.class
          && command.getAnnotation(Command.class).name().equals(arguments[0])) {
        return List.of(command);
      }
    }
    return COMMANDS;
  }

  private static CommandLine commandLine(List<Class<?>> commands) {
    ErrorLines errors = new ErrorLines();
    CommandLine line = new CommandLine(new Rocmforge());
    commands.forEach(line::addSubcommand);
    return line.setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(Rocmforge::runLast)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  /** Runs a command line; the exit code also of what picocli lets through. */
  static int execute(CommandLine line, String... arguments) {
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError | AssertionError | StackOverflowError e) {
      return ErrorLines.report(e, line.getErr(), Arrays.asList(arguments));
    }
  }

  /** Options in front of a command would be lost without a word. */
  private static int runLast(ParseResult parsed) {
    if (parsed.hasSubcommand() && !parsed.matchedOptions().isEmpty()) {
      throw new ParameterException(
          parsed.commandSpec().commandLine(),
          parsed.matchedOptions().getFirst().longestName()
              + " stands in front of the command '"
              + parsed.subcommand().commandSpec().name()
              + "': options come after it");
    }
    return new RunLast().execute(parsed);
  }

  @Override
  public Integer call() {
    if (spec.commandLine().getParseResult().matchedOptions().isEmpty()) {
      spec.commandLine().usage(spec.commandLine().getOut());
      return ExitCode.DONE.code();
    }
    return options.run();
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
