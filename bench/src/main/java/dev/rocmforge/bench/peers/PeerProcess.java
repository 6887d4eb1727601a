package dev.rocmforge.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that answers each line of ours with one JSON object a line. A child that dies,
 * says something else or nothing for too long ends the run with a message, never with a wait.
 */
final class PeerProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final String name;
  private final Duration patience;
  private final Process process;
  private final Path errors;
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  private PeerProcess(String name, Duration patience, Process process, Path errors) {
    this.name = name;
    this.patience = patience;
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts it.
   *
   * @param patience longest wait for one answer
   */
  static PeerProcess start(String name, List<String> command, Duration patience) {
    try {
      Path errors = Files.createTempFile("rocmforge-peer", ".log");
      try {
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        PeerProcess peer = new PeerProcess(name, patience, process, errors);
        Thread.ofVirtual().start(peer::read);
        return peer;
      } catch (IOException e) {
        Files.delete(errors);
        throw e;
      }
    } catch (IOException e) {
      throw new EnvironmentException(name + ": does not start: " + e.getMessage(), e);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      in.lines().forEach(line -> lines.add(Optional.of(line)));
    } catch (IOException | UncheckedIOException e) {
      // A pipe that breaks is an end like any other: the wait for an answer names it.
      lines.add(Optional.empty());
      return;
    }
    lines.add(Optional.empty());
  }

  /** Sends one line and waits for its answer. */
  JsonNode ask(String request) {
    try {
      process.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw ended(e);
    }
    return answer();
  }

  /**
   * The next line.
   *
   * @throws InputException if it is an error or no JSON object
   * @throws EnvironmentException if none comes
   */
  JsonNode answer() {
    Optional<String> line;
    try {
      line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while " + name + " worked", e);
    }
    if (line == null) {
      process.destroyForcibly();
      throw new EnvironmentException(
          "%s: no answer within %d s; --peer-timeout gives it longer"
              .formatted(name, patience.toSeconds()));
    }
    if (line.isEmpty()) {
      throw ended(null);
    }
    JsonNode answer = json(name, line.get());
    if (!answer.isObject()) {
      throw new InputException(name + ": a JSON object needed, '" + line.get() + "' found");
    }
    if (answer.has("error")) {
      throw new InputException(name + ": " + answer.get("error").asText());
    }
    return answer;
  }

  static JsonNode json(String name, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InputException(name + ": JSON needed, '" + text + "' found", e);
    }
  }

  private EnvironmentException ended(IOException cause) {
    String how = "ended";
    try {
      if (process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        how = "ended with exit code " + process.exitValue();
      }
      List<String> said = Files.readAllLines(errors);
      how += said.isEmpty() ? "" : ": " + said.getLast();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      how += "; its messages cannot be read: " + e.getMessage();
    }
    return new EnvironmentException(name + ": " + how, cause);
  }

  /** Ends it: at the end of its input, or by force. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
    try {
      if (!process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(errors);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new InputException(errors + ": cannot be deleted: " + e.getMessage(), e);
    }
  }
}
