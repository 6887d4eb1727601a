package dev.rocmforge.engine.gpu.lock;

import java.io.IOException;
import java.nio.file.Path;

/** A process of its own: takes the lock, says so, and keeps it until its input ends. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] arguments) throws IOException {
    try (GpuLock lock = GpuLock.acquire(Path.of(arguments[0]), arguments[1], 0)) {
      System.out.println("held " + lock.file());
      System.in.readAllBytes();
    } catch (GpuLockException e) {
      System.out.println("refused " + e.getMessage());
    }
  }
}
