package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What a command line did, run in this process.
 *
 * @param code the exit code
 * @param out stdout
 * @param err stderr
 */
record Said(int code, String out, String err) {
  /** Runs {@code rocmforge} with these words. */
  static Said by(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Rocmforge.execute(
            Rocmforge.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)),
            words);
    return new Said(code, out.toString(), err.toString());
  }

  /** It did what was asked. */
  Said done() {
    assertEquals(ExitCode.DONE.code(), code, this::toString);
    return this;
  }

  /** It refused in one line on stderr, last of what it said, that holds all these words. */
  Said refused(ExitCode expected, String... words) {
    assertEquals(expected.code(), code, this::toString);
    String last = err.lines().toList().getLast();
    for (String word : words) {
      assertTrue(last.contains(word), () -> "no '" + word + "' in: " + this);
    }
    assertTrue(!err.contains("\tat "), () -> "a stack trace: " + this);
    return this;
  }

  /** A check failed, which is no refusal. */
  Said failed() {
    assertEquals(ExitCode.FAILED.code(), code, this::toString);
    return this;
  }

  List<String> lines() {
    return out.lines().toList();
  }

  Said says(String... words) {
    for (String word : words) {
      assertTrue(err.contains(word), () -> "no '" + word + "' on stderr: " + this);
    }
    return this;
  }

  Said prints(String... words) {
    for (String word : words) {
      assertTrue(out.contains(word), () -> "no '" + word + "' on stdout: " + this);
    }
    return this;
  }
}
