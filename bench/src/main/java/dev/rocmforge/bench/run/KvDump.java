package dev.rocmforge.bench.run;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.session.KvReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a KV cache as a file, little-endian:
 *
 * <pre>
 *  0  KVCACHE1
 *  8  u32 layers   12  u32 kv heads   16  u32 head width   20  u32 positions   24  eight zeros
 * 32  for each layer keys, then values: f32 [position][kv head][head width]
 * </pre>
 *
 * Keys are as the cache holds them, after rotation.
 */
public final class KvDump {
  private static final byte[] MAGIC = "KVCACHE1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 32;

  private KvDump() {}

  /**
   * Writes all positions of a cache.
   *
   * @param kvHeads of each layer
   * @throws InputException if keys and values differ in width, or the file cannot be written
   */
  public static void write(KvReader cache, int kvHeads, Path file) {
    if (cache.keyWidth() != cache.valueWidth()) {
      throw new InputException(
          "KV dump: keys and values of one width needed, %d and %d found"
              .formatted(cache.keyWidth(), cache.valueWidth()));
    }
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(cache.layers()).putInt(kvHeads);
    header.putInt(cache.keyWidth() / kvHeads).putInt(cache.positions());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(header.array());
      for (int layer = 0; layer < cache.layers(); layer++) {
        writeLayer(out, cache, layer);
      }
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }

  private static void writeLayer(OutputStream out, KvReader cache, int layer) throws IOException {
    ByteBuffer row = ByteBuffer.allocate(4 * cache.keyWidth()).order(ByteOrder.LITTLE_ENDIAN);
    for (int position = 0; position < cache.positions(); position++) {
      row.clear();
      for (int i = 0; i < cache.keyWidth(); i++) {
        row.putFloat(cache.key(layer, position, i));
      }
      out.write(row.array());
    }
    for (int position = 0; position < cache.positions(); position++) {
      row.clear();
      for (int i = 0; i < cache.valueWidth(); i++) {
        row.putFloat(cache.value(layer, position, i));
      }
      out.write(row.array());
    }
  }
}
