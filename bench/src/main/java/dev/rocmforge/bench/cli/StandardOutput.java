package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * The process's stdout in UTF-8, whatever the locale. A {@link PrintWriter} swallows write errors;
 * this remembers the first, so that a full disk or a closed pipe is not taken for success.
 */
final class StandardOutput extends FilterOutputStream {
  private IOException failure;

  private StandardOutput(OutputStream out) {
    super(out);
  }

  static StandardOutput ofProcess() {
    return new StandardOutput(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 13));
  }

  PrintWriter writer() {
    return new PrintWriter(new OutputStreamWriter(this, StandardCharsets.UTF_8), false);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    try {
      out.write(bytes, offset, count);
    } catch (IOException e) {
      throw remembered(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw remembered(e);
    }
  }

  private IOException remembered(IOException e) {
    if (failure == null) {
      failure = e;
    }
    return failure;
  }

  /**
   * @throws InputException if not everything arrived
   */
  void check() {
    if (failure != null) {
      throw new InputException("stdout: cannot be written: " + failure.getMessage(), failure);
    }
  }
}
