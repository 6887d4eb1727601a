package dev.rocmforge.bench.models;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Fetches one file over HTTP. Redirects are followed by hand, because the hub states digest and
 * size ({@code X-Linked-ETag}, {@code X-Linked-Size}) on the first answer only. What arrives goes
 * to {@code NAME.part}; a connection that breaks, now or in an earlier process, is resumed by a
 * range request; the part becomes the file only when size and digest hold.
 */
final class ResumableDownload {
  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_ATTEMPTS_WITHOUT_PROGRESS = 3;

  private final HttpClient client;
  private final FetchProgress progress;
  private final Duration stall;

  /**
   * A downloader.
   *
   * @param progress told about every block that arrives
   * @param stall a connection that brings nothing for this long counts as broken; the HTTP client
   *     has no such limit of its own
   */
  ResumableDownload(FetchProgress progress, Duration stall) {
    this.stall = stall;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    this.progress = progress;
  }

  /** What the answers on the way said about the file. */
  private record Stated(Optional<String> sha256, OptionalLong bytes) {}

  /** Fetches {@code address} into {@code target} and says what was checked. */
  Receipt.Entry fetch(URI address, Path target) throws IOException, InterruptedException {
    String name = target.getFileName().toString();
    Path part = target.resolveSibling(name + ".part");
    Files.createDirectories(target.toAbsolutePath().getParent());
    int attemptsLeft = MAX_ATTEMPTS_WITHOUT_PROGRESS;
    while (true) {
      long before = size(part);
      try {
        Stated stated = attempt(address, name, part);
        return accept(address, target, part, stated);
      } catch (IOException e) {
        attemptsLeft = size(part) > before ? MAX_ATTEMPTS_WITHOUT_PROGRESS : attemptsLeft - 1;
        if (attemptsLeft == 0) {
          throw new EnvironmentException(
              address
                  + ": broke off after "
                  + size(part)
                  + " bytes ("
                  + e.getMessage()
                  + "); the same command goes on from there",
              e);
        }
      }
    }
  }

  private Stated attempt(URI address, String name, Path part)
      throws IOException, InterruptedException {
    Stated stated = new Stated(Optional.empty(), OptionalLong.empty());
    URI at = address;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      long have = size(part);
      HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(stall);
      if (have > 0) {
        request.header("Range", "bytes=" + have + "-");
      }
      HttpResponse<InputStream> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        stated = merge(stated, answer);
        switch (answer.statusCode()) {
          case 301, 302, 303, 307, 308 -> at = redirect(at, answer);
          case 200 -> {
            receive(name, body, part, 0, wholeSize(stated, answer, 0));
            return stated;
          }
          case 206 -> {
            receive(name, body, part, have, wholeSize(stated, answer, have));
            return stated;
          }
          // The part already holds everything the server has.
          case 416 -> {
            return stated;
          }
          case 401, 403, 404 ->
              throw new InputException(address + ": the server answers " + answer.statusCode());
          default -> throw new IOException("the server answers " + answer.statusCode());
        }
      }
    }
    throw new InputException(
        address + ": at most " + MAX_REDIRECTS + " redirects are followed, the server gives more");
  }

  private static Stated merge(Stated stated, HttpResponse<?> answer) {
    Optional<String> digest =
        answer
            .headers()
            .firstValue("X-Linked-ETag")
            .map(value -> value.replace("W/", "").replace("\"", ""))
            // Small files are stated by a git hash of 40 digits, which is not a digest of the
            // bytes.
            .filter(value -> value.matches("[0-9a-fA-F]{64}"))
            .map(value -> value.toLowerCase(java.util.Locale.ROOT));
    OptionalLong bytes = answer.headers().firstValueAsLong("X-Linked-Size");
    return new Stated(
        stated.sha256().or(() -> digest), stated.bytes().isPresent() ? stated.bytes() : bytes);
  }

  private static URI redirect(URI at, HttpResponse<?> answer) {
    String location =
        answer
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new InputException(at + ": a redirect without a Location"));
    return at.resolve(location);
  }

  private static long wholeSize(Stated stated, HttpResponse<?> answer, long have) {
    if (stated.bytes().isPresent()) {
      return stated.bytes().getAsLong();
    }
    OptionalLong rest = answer.headers().firstValueAsLong("Content-Length");
    return rest.isPresent() ? have + rest.getAsLong() : -1;
  }

  private void receive(String name, InputStream body, Path part, long from, long total)
      throws IOException {
    StandardOpenOption mode =
        from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    long arrived = from;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
      byte[] buffer = new byte[1 << 16];
      try (StallGuard guard = new StallGuard(body, stall)) {
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
          guard.arrived();
          out.write(buffer, 0, n);
          arrived += n;
          progress.at(name, arrived, total);
        }
        guard.check();
      }
    }
    if (total >= 0 && arrived < total) {
      throw new IOException("the connection closed at " + arrived + " of " + total + " bytes");
    }
  }

  private static Receipt.Entry accept(URI address, Path target, Path part, Stated stated)
      throws IOException {
    long bytes = size(part);
    String computed = Sha256.of(part);
    boolean wrongSize = stated.bytes().isPresent() && stated.bytes().getAsLong() != bytes;
    boolean wrongDigest = stated.sha256().isPresent() && !stated.sha256().get().equals(computed);
    if (wrongSize || wrongDigest) {
      Files.delete(part);
      throw new InputException(
          address
              + (wrongSize
                  ? ": " + stated.bytes().getAsLong() + " bytes stated, " + bytes + " received"
                  : ": sha256 " + stated.sha256().get() + " stated, " + computed + " received")
              + "; what was received has been deleted");
    }
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    return new Receipt.Entry(
        target.getFileName().toString(),
        bytes,
        computed,
        stated.sha256().isPresent() ? "X-Linked-ETag of the server" : "nothing",
        address.toString());
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
