package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of little-endian f32, written row by row. Whoever creates it closes it. */
public final class FloatFile implements AutoCloseable {
  private final Path file;
  private final OutputStream out;
  private ByteBuffer row = ByteBuffer.allocate(0);

  private FloatFile(Path file, OutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * An empty file.
   *
   * @throws InputException if it cannot be made
   */
  public static FloatFile create(Path file) {
    try {
      return new FloatFile(file, new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }

  /**
   * Appends values.
   *
   * @throws InputException if the disk is full
   */
  public void write(float[] values) {
    if (row.capacity() < 4 * values.length) {
      row = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    }
    row.clear();
    row.asFloatBuffer().put(values);
    try {
      out.write(row.array(), 0, 4 * values.length);
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }
}
