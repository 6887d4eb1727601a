package dev.rocmforge.engine.rfm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.convert.EncodingCase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that lie are refused with the place named. */
class DamagedRfmTest {
  private static final String META =
      "{\"layout\":{},\"gguf\":{\"general.architecture\":[\"STRING\",\"qwen2\"]}}";

  @TempDir private Path folder;

  private Path file(String metadata, String table, byte[] payload) throws IOException {
    byte[] meta = metadata.getBytes(StandardCharsets.UTF_8);
    byte[] rows = table.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(24 + meta.length + rows.length + payload.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {'R', 'F', 'M', 0}).putInt(1).putLong(meta.length).putLong(rows.length);
    bytes.put(meta).put(rows).put(payload);
    return Files.write(folder.resolve("bad.rfm"), bytes.array());
  }

  private static String refusal(Path path) {
    String message =
        assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThrows(InputException.class, () -> RfmFile.open(path).close()))
            .getMessage();
    assertTrue(message.startsWith(path.toString()), message);
    return message.substring(path.toString().length() + 2);
  }

  private static String row(String wtype, String dims, String offset, String size) {
    return "[{\"name\":\"w\",\"dims\":%s,\"wtype\":%s,\"offset\":%s,\"size\":%s}]"
        .formatted(dims, wtype, offset, size);
  }

  static Stream<Arguments> tables() {
    String csr =
        "{\"SparseCsr\":{\"rows\":2,\"cols\":2,\"nnz\":%s,\"index_bits\":32,"
            + "\"value_type\":0}}";
    return Stream.of(
        Arguments.of(row("\"F32\"", "[4]", "0", "17"), "size: 16 bytes needed by F32 [4], 17"),
        Arguments.of(row("\"F32\"", "[4]", "4", "16"), "at payload 0x4: 16 bytes needed, 12 left"),
        Arguments.of(row("\"F32\"", "[4]", "9223372036854775807", "16"), "16 bytes needed, 0 left"),
        Arguments.of(row("\"F32\"", "[4]", "18446744073709551615", "16"), "offset: an integer"),
        Arguments.of(row("\"F32\"", "[4]", "-1", "16"), "offset: 0 or more needed, -1"),
        Arguments.of(row("\"F32\"", "[0]", "0", "0"), "dims: 1 or more needed, 0"),
        Arguments.of(row("\"F32\"", "[]", "0", "0"), "dims: 1 to 64 numbers needed, 0"),
        Arguments.of(row("\"F32\"", "[4611686018427387904,4]", "0", "0"), "fewer than 2^63 bytes"),
        Arguments.of(row("\"F32\"", "[1,1,1,1,4]", "0", "16"), "1 to 4 numbers needed"),
        Arguments.of(row("\"Nonsense\"", "[4]", "0", "16"), "wtype: an encoding needed"),
        Arguments.of(row("{\"GgufPassthrough\":4242}", "[4]", "0", "16"), "an encoding needed"),
        Arguments.of(row("{\"Q4SvdQuant\":{\"k\":0}}", "[32,8]", "0", "160"), "k: 1 to"),
        Arguments.of(
            row("\"Mq4\"", "[33,8]", "0", "16"), "rows of a multiple of 32 weights needed by Q4_0"),
        Arguments.of(row("\"Q4Split\"", "[32,7]", "0", "140"), "a multiple of 256 weights needed"),
        Arguments.of(row(csr.formatted("5"), "[2,2]", "0", "16"), "nnz: at most 4 needed, 5"),
        Arguments.of(row(csr.formatted("0"), "[3,2]", "0", "12"), "[2, 2] needed by SparseCsr"),
        Arguments.of(
            "[{\"name\":\"a\",\"dims\":[2],\"wtype\":\"F32\",\"offset\":0,\"size\":8},"
                + "{\"name\":\"b\",\"dims\":[2],\"wtype\":\"F32\",\"offset\":4,\"size\":8}]",
            "bytes of its own needed, a ends at 0x8"),
        Arguments.of(
            "[{\"name\":\"a\",\"dims\":[2],\"wtype\":\"F32\",\"offset\":0,\"size\":8},"
                + "{\"name\":\"a\",\"dims\":[2],\"wtype\":\"F32\",\"offset\":8,\"size\":8}]",
            "one of the name needed"),
        Arguments.of("{}", "tensor table: an array needed"),
        Arguments.of("[] []", "the end needed"),
        Arguments.of("[", "JSON within limits needed"),
        Arguments.of("[".repeat(100_000), "JSON within limits needed"),
        Arguments.of("[{\"name\":" + "[".repeat(10_000), "JSON within limits needed"),
        Arguments.of("[" + "1".repeat(1_000_000) + "]", "JSON within limits needed"));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void lyingTables(String table, String expected) throws IOException {
    String message = refusal(file(META, table, new byte[16]));
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith("tensor"), message);
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void lyingPayloads(String wtype, String dims, int[] words, String expected) throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      payload.putInt(word);
    }
    String table = row(wtype, dims, "0", Integer.toString(4 * words.length));
    String message = refusal(file(META, table, payload.array()));
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith("tensor w at 0x"), message);
  }

  static Stream<Arguments> payloads() {
    String csr =
        "{\"SparseCsr\":{\"rows\":2,\"cols\":2,\"nnz\":2,\"index_bits\":32," + "\"value_type\":0}}";
    int one = Float.floatToRawIntBits(1);
    int nan = Float.floatToRawIntBits(Float.NaN);
    String mpo = "{\"Mpo\":{\"n_sites\":2,\"chi_max\":1,\"value_type\":0}}";
    int[] infiniteScale = new int[36];
    infiniteScale[0] = 0x7c00;
    int[] infinitePlane = new int[40];
    infinitePlane[1] = 0x7c00;
    return Stream.of(
        Arguments.of(csr, "[2,2]", new int[] {0, 1, 2, 0, 2, one, one}, "column index 1: 0 to 1"),
        Arguments.of(csr, "[2,2]", new int[] {0, 3, 2, 0, 1, one, one}, "start of row 1"),
        Arguments.of(csr, "[2,2]", new int[] {1, 1, 2, 0, 1, one, one}, "row starts from 0 to 2"),
        Arguments.of(csr, "[2,2]", new int[] {0, 2, 2, 1, 0, one, one}, "column index 1: 2 to 1"),
        Arguments.of(csr, "[2,2]", new int[] {0, -1, 2, 0, 1, one, one}, "4294967295 found"),
        Arguments.of(csr, "[2,2]", new int[] {0, 1, 2, 0, 1, one, nan}, "a finite number needed"),
        Arguments.of(mpo, "[1,2,1,1,1,2,1,1]", new int[] {one, one, nan, one}, "V: value 0"),
        Arguments.of(mpo, "[1,2,2,1,2,2,1,1]", new int[8], "a rank up to 1 needed"),
        Arguments.of(mpo, "[1,1,2,1,2,1,1,1]", new int[4], "a rank up to 1 needed"),
        Arguments.of("\"Mq4\"", "[256]", infiniteScale, "scale of block 0: a finite number"),
        Arguments.of("\"Q4Split\"", "[256]", infinitePlane, "scale 2: a finite number"));
  }

  @Test
  void headers() throws IOException {
    byte[] good = Files.readAllBytes(file(META, "[]", new byte[0]));
    Path path = folder.resolve("bad.rfm");
    Files.write(path, Arrays.copyOf(good, 23));
    assertEquals("header: 24 bytes needed, 23 left", refusal(path));
    Files.write(path, with(good, 4, 2));
    assertEquals("header at 0x4: version 1 needed, 2 found", refusal(path));
    Files.write(path, with(good, 8, 1 << 20));
    assertTrue(refusal(path).startsWith("header at 0x8: metadata: 1048576 bytes needed, "));
    Files.write(path, with(good, 12, -1));
    assertTrue(refusal(path).contains("metadata of at most 67108864 bytes needed"));
    Files.write(path, with(good, 16, 3));
    assertTrue(refusal(path).contains("tensor table: 3 bytes needed, 2 left"));
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return copy;
  }

  /** A sparse file of spaces: refused by the header, before a byte of it is read. */
  @Test
  void aGigabyteOfSpaces() throws IOException {
    Path path = file(META, "[]", new byte[0]);
    try (var raw = new RandomAccessFile(path.toFile(), "rw")) {
      raw.setLength(1L << 30);
      raw.seek(16);
      raw.write(new byte[] {0, 0, 0, 0x3f, 0, 0, 0, 0});
    }
    assertEquals(
        "header at 0x10: tensor table of at most 67108864 bytes needed, 1056964608 found",
        refusal(path));
  }

  /** As many spaces as are taken are skimmed. */
  @Test
  void manySpacesAreNoHarm() throws IOException {
    RfmFile.open(file(META, "[]" + " ".repeat(60 << 20), new byte[0])).close();
  }

  @Test
  void metadata() throws IOException {
    assertTrue(refusal(file("[]", "[]", new byte[0])).contains("an object needed"));
    assertTrue(
        refusal(file("{\"a\":1,\"a\":2}", "[]", new byte[0])).contains("Duplicate field 'a'"));
    assertTrue(
        refusal(file("{\"a\":" + "[".repeat(50), "[]", new byte[0])).contains("metadata at byte"));
    assertTrue(
        refusal(file("{\"tokens\":[[256]]}", "[]", new byte[0])).contains("tokens[0]: a byte"));
    assertTrue(
        refusal(file("{\"gguf\":{\"k\":[\"UINT32\",\"x\"]}}", "[]", new byte[0]))
            .contains("gguf.k: UINT32 needed"));
    assertTrue(refusal(file("{}", "[]", new byte[0])).contains("architecture: a text needed"));
  }

  /** Encodings whose sense differs in files that do not state their layout. */
  @Test
  void encodingsOfAnotherSenseAreRefusedWithTheReason() throws IOException {
    String documented =
        "{\"architecture\":\"qwen2\",\"num_layers\":1,\"hidden_size\":8,\"num_heads\":1,"
            + "\"num_kv_heads\":1,\"head_dim\":8,\"intermediate_size\":8,\"max_seq_len\":8,"
            + "\"rms_norm_eps\":1e-6,\"rope_theta\":10000.0}";
    RfmFile.open(file(documented, "[]", new byte[0])).close();
    String message = refusal(file(documented, row("\"Mq4\"", "[256]", "0", "144"), new byte[144]));
    assertTrue(message.contains("(2i, 2i+1)"), message);
    String mpo = "{\"Mpo\":{\"n_sites\":2,\"chi_max\":1,\"value_type\":0}}";
    message = refusal(file(documented, row(mpo, "[1,2,1,1,1,2,1,1]", "0", "16"), new byte[16]));
    assertTrue(message.contains("swapped"), message);
  }

  @Test
  void lyingRanksAndMissingCompanions() throws IOException {
    String svd = "{\"Q4SvdQuant\":{\"k\":%d}}";
    String message =
        refusal(file(META, row(svd.formatted(9), "[32,8]", "0", "160"), new byte[160]));
    assertTrue(message.contains("k: 1 to 8 needed, 9 found"), message);
    message = refusal(file(META, row(svd.formatted(8), "[32,8]", "0", "160"), new byte[160]));
    assertTrue(message.contains("w.svd_u needed, not there"), message);
  }

  /** Any cut, and any byte changed in the JSON, is refused or harmless, never a bug. */
  @Test
  void cutsAndFlips() throws IOException {
    var example = new EncodingCase(EncodingCase.Kind.EXPERT_SVD, 3, 96, 512);
    Path path = folder.resolve("good.rfm");
    example.written(path).close();
    byte[] good = Files.readAllBytes(path);
    int json = 24 + ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(8) + 300;
    for (int at = 0; at < json; at += 7) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << (at % 7));
      openOrRefuse(Files.write(path, bad));
      openOrRefuse(Files.write(path, Arrays.copyOf(good, at)));
    }
    byte[] bad = good.clone();
    bad[good.length - 20] ^= 1;
    Files.write(path, bad);
    List<String> damaged;
    try (RfmFile file = RfmFile.open(path)) {
      damaged = file.damaged();
    } catch (InputException e) {
      damaged = List.of(e.getMessage());
    }
    assertEquals(1, damaged.size());
  }

  private static void openOrRefuse(Path path) {
    try {
      RfmFile.open(path).close();
    } catch (InputException refused) {
      assertTrue(refused.getMessage().contains(path.getFileName().toString()));
    }
  }

  @Test
  void aModelIsOpenedByItsMagic() throws IOException {
    Path path = Files.move(file(META, "[]", new byte[0]), folder.resolve("named.gguf"));
    String message =
        assertThrows(InputException.class, () -> Model.open(path).close()).getMessage();
    assertTrue(message.contains("qwen2.embedding_length"), message);
  }
}
