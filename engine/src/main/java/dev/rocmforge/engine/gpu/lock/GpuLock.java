package dev.rocmforge.engine.gpu.lock;

import dev.rocmforge.engine.EnvironmentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to use a device, held by one process of a user at a time. The system gives it up when
 * the process ends, however it ends; the file stays.
 */
public final class GpuLock implements AutoCloseable {
  private static final int POLL_MILLIS = 100;
  private static final int HOLDER_BYTES = 4096;
  private static final int SHOWN = 300;
  private static final Set<OpenOption> OPTIONS =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  /** Closing any channel of a file would give up this process's lock: such files stay closed. */
  private static final Set<Path> MINE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private GpuLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Waits for the device.
   *
   * @param device a name that all processes give the device, such as {@code amd-0}
   * @param seconds how long to wait; 0 tries once
   * @param environment says where the private folder is
   * @throws GpuLockException naming the holder, if the time is up
   * @throws EnvironmentException if the folder or file is not what it should be
   */
  public static GpuLock acquire(String device, int seconds, Map<String, String> environment) {
    return acquire(LockFolder.of(environment), device, seconds);
  }

  static GpuLock acquire(Path folder, String device, int seconds) {
    String name = "gpu-" + device.replaceAll("[^A-Za-z0-9._-]", "_") + ".lock";
    Path file = LockFolder.ready(folder).toAbsolutePath().resolve(name);
    int tries = Math.max(1, Math.toIntExact(seconds * 1000L / POLL_MILLIS) + 1);
    for (int attempt = 0; attempt < tries; attempt++) {
      if (attempt > 0) {
        pause(file);
      }
      if (MINE.add(file)) {
        GpuLock lock = tryLock(file);
        if (lock != null) {
          return lock;
        }
        MINE.remove(file);
      }
    }
    throw new GpuLockException(
        "GPU %s: in use by %s for more than %d s (ROCMFORGE_GPU_LOCK_TIMEOUT); lock file %s"
            .formatted(device, holder(file), seconds, file));
  }

  /** Null if another process has it. */
  private static GpuLock tryLock(Path file) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file,
              OPTIONS,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return null;
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(me().getBytes(StandardCharsets.UTF_8)), 0);
      return new GpuLock(file, channel);
    } catch (IOException e) {
      MINE.remove(file);
      close(channel);
      throw new EnvironmentException(
          "GPU lock: %s: a file of this user's own, no link, needed: %s".formatted(file, e), e);
    }
  }

  private static void close(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The failure that led here is the one to tell.
      }
    }
  }

  /** The process and its main class with arguments; a class path would only hide them. */
  private static String me() {
    String command = System.getProperty("sun.java.command", "java").replaceAll("\\p{Cntrl}+", " ");
    String whole = "pid " + ProcessHandle.current().pid() + ", " + command;
    return whole.length() > SHOWN ? whole.substring(0, SHOWN) + "…" : whole;
  }

  /** What the holder wrote into the file, for people. */
  private static String holder(Path file) {
    if (MINE.contains(file)) {
      return "this process (pid " + ProcessHandle.current().pid() + ")";
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer bytes = ByteBuffer.allocate(HOLDER_BYTES);
      channel.read(bytes, 0);
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
      return line.isEmpty() ? "another process" : line;
    } catch (IOException e) {
      return "another process (" + e + ")";
    }
  }

  private static void pause(Path file) {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("GPU lock: " + file + ": interrupted while waiting", e);
    }
  }

  /** The lock file, for messages. */
  public Path file() {
    return file;
  }

  /** Gives the device up; the file is emptied and stays. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.truncate(0);
      channel.close();
    } catch (IOException e) {
      throw new EnvironmentException("GPU lock: " + file + ": cannot be given up: " + e, e);
    } finally {
      MINE.remove(file);
    }
  }
}
