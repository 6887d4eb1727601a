package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gpu.lock.GpuLockException;
import dev.rocmforge.reports.ReportException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Every failure as one line on stderr and an exit code. A stack trace comes only with {@code
 * --debug} or {@code ROCMFORGE_TRACE}.
 */
final class ErrorLines implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final int SHOWN_CHARACTERS = 2000;

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine at = failure.getCommandLine();
    String name = at.getCommandSpec().qualifiedName();
    at.getErr()
        .println(
            oneLine(name + ": " + failure.getMessage() + " ('" + name + " --help' says more)"));
    return ExitCode.USAGE.code();
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine at, ParseResult parsed) {
    return report(failure, at.getErr(), parsed.originalArgs());
  }

  /** Prints the line of any failure. */
  static int report(Throwable failure, PrintWriter err, List<String> arguments) {
    boolean known =
        failure instanceof InputException
            || failure instanceof ReportException
            || failure instanceof EnvironmentException;
    String message =
        switch (failure) {
          case OutOfMemoryError e ->
              "the Java heap of %d MiB is full (%s); ROCMFORGE_JAVA_OPTIONS=-Xmx8g gives 8 GiB"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20, e.getMessage());
          case Throwable _ when known -> failure.getMessage();
          default -> "a bug: " + failure + "; ROCMFORGE_TRACE=1 shows where";
        };
    err.println(oneLine("rocmforge: " + message));
    if (arguments.contains("--debug") || System.getenv("ROCMFORGE_TRACE") != null) {
      failure.printStackTrace(err);
    }
    err.flush();
    return exitCode(failure).code();
  }

  private static ExitCode exitCode(Throwable failure) {
    return switch (failure) {
      case GpuLockException _ -> ExitCode.GPU_LOCKED;
      case EnvironmentException _, OutOfMemoryError _ -> ExitCode.ENVIRONMENT;
      default -> ExitCode.FAILED;
    };
  }

  /** File names and model texts may hold line ends and control characters. */
  private static String oneLine(String message) {
    String line = message.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
