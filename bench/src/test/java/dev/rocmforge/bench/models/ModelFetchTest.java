package dev.rocmforge.bench.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub on this machine: redirects to a second address, states digest and size on the first answer
 * only, can break off.
 */
@Timeout(60)
final class ModelFetchTest {
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(7).nextBytes(CONTENT);
  }

  private static final NamedModel MODEL =
      new NamedModel(
          "tiny",
          "a test",
          "CC0-1.0",
          new ModelSource.HuggingFace("someone/tiny-GGUF", "main", List.of("sub/tiny.gguf")));

  @TempDir private Path folder;
  private HttpServer server;
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
  private volatile String statedDigest;
  private volatile int bytesBeforeBreak = Integer.MAX_VALUE;
  private volatile boolean honoursRanges = true;

  @BeforeEach
  void start() throws Exception {
    statedDigest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/someone/tiny-GGUF/resolve/main/sub/tiny.gguf", this::hub);
    server.createContext("/store/", this::store);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void hub(HttpExchange exchange) throws IOException {
    if (statedDigest != null) {
      exchange.getResponseHeaders().add("X-Linked-ETag", '"' + statedDigest + '"');
    }
    exchange.getResponseHeaders().add("X-Linked-Size", Integer.toString(CONTENT.length));
    exchange.getResponseHeaders().add("Location", "/store/blob");
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void store(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(range == null ? "whole" : range);
    int from = 0;
    if (range != null && honoursRanges) {
      from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }
    int rest = CONTENT.length - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest);
    try (var out = exchange.getResponseBody()) {
      out.write(CONTENT, from, Math.min(rest, bytesBeforeBreak));
    } catch (IOException e) {
      // Closing before the promised length is how this server breaks off.
    }
    exchange.close();
  }

  private ModelFetch fetch() {
    URI hub = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    return new ModelFetch(
        new ModelCache(folder), hub, List.of("false"), (f, n, total) -> {}, Duration.ofMillis(400));
  }

  @Test
  void followsTheRedirectAndRecordsTheDigestOfTheFirstAnswer() throws Exception {
    Path file = fetch().fetch(MODEL);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    Receipt receipt =
        JsonMapper.builder()
            .build()
            .readValue(folder.resolve("tiny/receipt.json").toFile(), Receipt.class);
    assertEquals(statedDigest, receipt.files().getFirst().sha256());
    assertEquals("X-Linked-ETag of the server", receipt.files().getFirst().checkedAgainst());
    assertEquals(file, new ModelCache(folder).find(MODEL).orElseThrow());
  }

  @Test
  void goesOnWhereTheConnectionBrokeOff() throws Exception {
    bytesBeforeBreak = 70_000;
    Path file = fetch().fetch(MODEL);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals("whole", ranges.getFirst());
    assertTrue(ranges.size() >= 3, ranges.toString());
    assertTrue(ranges.stream().skip(1).allMatch(r -> r.startsWith("bytes=")), ranges.toString());
  }

  @Test
  void goesOnFromThePartOfAnEarlierProcess() throws Exception {
    Files.createDirectories(folder.resolve("tiny"));
    byte[] part = java.util.Arrays.copyOf(CONTENT, 123_456);
    Files.write(folder.resolve("tiny/tiny.gguf.part"), part);
    assertArrayEquals(CONTENT, Files.readAllBytes(fetch().fetch(MODEL)));
    assertEquals(List.of("bytes=123456-"), ranges);
  }

  @Test
  void startsAgainWhereTheServerKnowsNoRanges() throws Exception {
    honoursRanges = false;
    Files.createDirectories(folder.resolve("tiny"));
    Files.write(folder.resolve("tiny/tiny.gguf.part"), new byte[99]);
    assertArrayEquals(CONTENT, Files.readAllBytes(fetch().fetch(MODEL)));
  }

  @Test
  void aWrongDigestIsRefusedAndNothingIsKept() {
    String stated = "0".repeat(64);
    statedDigest = stated;
    InputException e = assertThrows(InputException.class, () -> fetch().fetch(MODEL));
    assertTrue(e.getMessage().contains("sha256 " + stated + " stated"), e.getMessage());
    assertFalse(Files.exists(folder.resolve("tiny/tiny.gguf")));
    assertFalse(Files.exists(folder.resolve("tiny/tiny.gguf.part")));
    assertTrue(new ModelCache(folder).find(MODEL).isEmpty());
  }

  @Test
  void aSourceThatStatesNoDigestIsRecordedAsSuch() throws Exception {
    statedDigest = null;
    fetch().fetch(MODEL);
    assertTrue(
        Files.readString(folder.resolve("tiny/receipt.json"))
            .contains("\"checkedAgainst\" : \"nothing\""));
  }

  @Test
  void aServerThatNeverGetsOnEndsWithThePlaceAndTheWayOn() {
    bytesBeforeBreak = 0;
    EnvironmentException e = assertThrows(EnvironmentException.class, () -> fetch().fetch(MODEL));
    assertTrue(e.getMessage().contains("broke off after 0 bytes"), e.getMessage());
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    ModelManifest manifest = new ModelManifest(1, List.of(MODEL));
    InputException e = assertThrows(InputException.class, () -> manifest.named("tny"));
    assertEquals("no model is named 'tny'; known: tiny", e.getMessage());
  }
}
