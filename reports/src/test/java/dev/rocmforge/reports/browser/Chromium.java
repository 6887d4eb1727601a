package dev.rocmforge.reports.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real headless Chromium with one page, driven through its DevTools protocol. It reaches no
 * network: every host name fails to resolve.
 */
final class Chromium implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long SECONDS = 240;

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private int lastId;

  /** Where Chromium is installed, if it is. */
  static Optional<Path> installed() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts the browser with its profile in a folder of the test. */
  Chromium(Path program, Path profile) throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--hide-scrollbars",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest fresh =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + port(profile) + "/json/new?about:blank"))
              .PUT(HttpRequest.BodyPublishers.noBody())
              .build();
      String page = client.send(fresh, HttpResponse.BodyHandlers.ofString()).body();
      String address = MAPPER.readTree(page).path("webSocketDebuggerUrl").asText();
      HttpClient open = HttpClient.newHttpClient();
      socket = open.newWebSocketBuilder().buildAsync(URI.create(address), new Listener()).join();
    }
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", Map.of());
    }
  }

  private String port(Path profile) throws IOException, InterruptedException {
    Path file = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end && process.isAlive()) {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() >= 2) {
          return lines.getFirst();
        }
      }
      Thread.sleep(50);
    }
    throw new IOException("Chromium did not start within " + SECONDS + " s");
  }

  /** Sends one command and waits for its result. */
  JsonNode send(String method, Map<String, ?> parameters) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    int id = ++lastId;
    answers.put(id, answer);
    ObjectNode command = MAPPER.createObjectNode();
    command.put("id", id).put("method", method);
    command.set("params", MAPPER.valueToTree(parameters));
    socket.sendText(command.toString(), true).join();
    JsonNode found = answer.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    if (found.has("error")) {
      throw new AssertionError(method + ": " + found.path("error"));
    }
    return found.path("result");
  }

  /** Opens a file and waits until it is loaded; forgets what was said before. */
  void open(Path file) throws InterruptedException {
    events.clear();
    send("Page.navigate", Map.of("url", file.toUri().toString()));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (events("Page.loadEventFired").isEmpty()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(file + ": not loaded within " + SECONDS + " s");
      }
      Thread.sleep(20);
    }
  }

  /** Light or dark, screen or print, and the width in CSS pixels. */
  void show(String scheme, String medium, int width) {
    send(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            medium,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** The value of an expression; a promise is waited for. */
  JsonNode value(String expression) {
    JsonNode result =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(result.path("exceptionDetails").toString());
    }
    return result.path("result").path("value");
  }

  /** Everything the page complained of: console, log, exceptions. */
  List<String> complaints() {
    List<String> found = new ArrayList<>();
    for (String method :
        List.of("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")) {
      events(method).forEach(event -> found.add(event.toString()));
    }
    return found;
  }

  /** Addresses that the page asked for. */
  List<String> requests() {
    return events("Network.requestWillBeSent").stream()
        .map(event -> event.path("request").path("url").asText())
        .toList();
  }

  private List<JsonNode> events(String method) {
    return events.stream()
        .filter(event -> event.path("method").asText().equals(method))
        .map(event -> event.path("params"))
        .toList();
  }

  /** A picture of a part of the page, whose height is cut off at its end. */
  byte[] picture(int top, int width, int height) {
    JsonNode image =
        send(
            "Page.captureScreenshot",
            Map.of(
                "format",
                "png",
                "captureBeyondViewport",
                true,
                "clip",
                Map.of("x", 0, "y", top, "width", width, "height", height, "scale", 1)));
    return Base64.getDecoder().decode(image.path("data").asText());
  }

  /** The page as it would be printed on A4. */
  byte[] pdf() {
    Map<String, ?> paper =
        Map.of("paperWidth", 8.27, "paperHeight", 11.69, "printBackground", true);
    return Base64.getDecoder().decode(send("Page.printToPDF", paper).path("data").asText());
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        take(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void take(String message) {
      try {
        JsonNode node = MAPPER.readTree(message);
        CompletableFuture<JsonNode> answer = answers.remove(node.path("id").asInt());
        if (answer == null) {
          events.add(node);
        } else {
          answer.complete(node);
        }
      } catch (IOException e) {
        throw new AssertionError(message, e);
      }
    }
  }
}
