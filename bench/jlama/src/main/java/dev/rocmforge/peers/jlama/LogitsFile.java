package dev.rocmforge.peers.jlama;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Rows of logits, native 32-bit floats one after the other. */
final class LogitsFile implements AutoCloseable {
  private final FileChannel channel;
  private final ByteBuffer row;

  LogitsFile(Path file, int width) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    row = ByteBuffer.allocate(Float.BYTES * width).order(ByteOrder.nativeOrder());
  }

  void add(float[] logits) throws IOException {
    row.clear();
    row.asFloatBuffer().put(logits);
    while (row.hasRemaining()) {
      channel.write(row);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
