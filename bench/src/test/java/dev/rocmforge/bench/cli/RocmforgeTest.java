package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RocmforgeTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine line = Rocmforge.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  @Test
  void helpGoesToStdoutAndIsSuccess() {
    assertEquals(ExitCode.DONE.code(), execute("--help"));
    assertTrue(out.toString().startsWith("Usage: rocmforge"), out::toString);
    assertEquals("", err.toString());
  }

  @Test
  void deviceIsNotAnOption() {
    assertEquals(ExitCode.USAGE.code(), execute("--device", "gpu"));
    assertTrue(err.toString().contains("--device"), err::toString);
    assertEquals("", out.toString());
  }
}
