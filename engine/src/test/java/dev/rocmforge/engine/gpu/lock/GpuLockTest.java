package dev.rocmforge.engine.gpu.lock;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GpuLockTest {
  @TempDir private Path place;

  private static Process start(Path folder, String device) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            LockHolder.class.getName(),
            folder.toString(),
            device)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String line(Process process) throws IOException {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  @Test
  void twoProcessesOneDevice() throws Exception {
    Path folder = place.resolve("locks");
    Process holder = start(folder, "amd-0");
    try {
      assertEquals("held " + folder.resolve("gpu-amd-0.lock"), line(holder));
      GpuLockException refused =
          assertThrows(GpuLockException.class, () -> GpuLock.acquire(folder, "amd-0", 0));
      assertTrue(
          refused.getMessage().startsWith("GPU amd-0: in use by pid " + holder.pid() + ", ")
              && refused.getMessage().contains(LockHolder.class.getName())
              && refused.getMessage().contains("for more than 0 s (ROCMFORGE_GPU_LOCK_TIMEOUT)"),
          refused.getMessage());
      GpuLock.acquire(folder, "amd-1", 0).close();

      holder.getOutputStream().close();
      try (GpuLock lock = GpuLock.acquire(folder, "amd-0", 60)) {
        // Not to be read here: closing any channel of the file would give the lock up.
        assertEquals(folder.resolve("gpu-amd-0.lock"), lock.file());
        Process late = start(folder, "amd-0");
        String told = line(late);
        assertTrue(
            told.startsWith(
                "refused GPU amd-0: in use by pid " + ProcessHandle.current().pid() + ", "),
            told);
        assertEquals(0, late.waitFor());
      }
      assertEquals("", Files.readString(folder.resolve("gpu-amd-0.lock")));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void aHolderThatDiesLeavesTheDeviceFree() throws Exception {
    Path folder = place.resolve("locks");
    Process holder = start(folder, "amd-0");
    assertTrue(line(holder).startsWith("held "));
    holder.destroyForcibly().waitFor();
    assertDoesNotThrow(() -> GpuLock.acquire(folder, "amd-0", 10).close());
  }

  @Test
  void aSecondLockOfThisProcessWaitsToo() {
    Path folder = place.resolve("locks");
    try (GpuLock first = GpuLock.acquire(folder, "amd-0", 0)) {
      GpuLockException refused =
          assertThrows(GpuLockException.class, () -> GpuLock.acquire(folder, "amd-0", 0));
      assertTrue(refused.getMessage().contains("in use by this process"), refused.getMessage());
      assertTrue(Files.exists(first.file()));
    }
    GpuLock.acquire(folder, "amd-0", 0).close();
  }

  @Test
  void folderAndFileArePrivate() throws IOException {
    Path folder = place.resolve("locks");
    try (GpuLock lock = GpuLock.acquire(folder, "amd-0", 0)) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lock.file())));
    }
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path folder = place.resolve("locks");
    Path victim = Files.writeString(place.resolve("victim"), "precious");
    GpuLock.acquire(folder, "amd-0", 0).close();
    Files.createSymbolicLink(folder.resolve("gpu-amd-1.lock"), victim);
    EnvironmentException refused =
        assertThrows(EnvironmentException.class, () -> GpuLock.acquire(folder, "amd-1", 0));
    assertTrue(refused.getMessage().contains("gpu-amd-1.lock: a file of this user's own, no link"));
    assertEquals("precious", Files.readString(victim));

    Path link = Files.createSymbolicLink(place.resolve("link"), folder);
    refused = assertThrows(EnvironmentException.class, () -> GpuLock.acquire(link, "amd-0", 0));
    assertTrue(refused.getMessage().contains("found a link"), refused.getMessage());
  }

  @Test
  void aFolderOpenToOthersIsRefused() throws IOException {
    Path folder =
        Files.createDirectory(
            place.resolve("open"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx---r-x")));
    EnvironmentException refused =
        assertThrows(EnvironmentException.class, () -> GpuLock.acquire(folder, "amd-0", 0));
    assertTrue(refused.getMessage().contains("with rwx---r-x"), refused.getMessage());
  }

  @Test
  void theFolderFollowsTheEnvironment() {
    Path runtime = place.resolve("run");
    assertFalse(Files.exists(runtime));
    assertEquals(
        Path.of("/h/.cache/rocmforge/locks"),
        LockFolder.of(Map.of("XDG_RUNTIME_DIR", runtime.toString(), "HOME", "/h")));
    assertEquals(
        place.resolve("rocmforge"), LockFolder.of(Map.of("XDG_RUNTIME_DIR", place.toString())));
    assertEquals(Path.of("/c/locks"), LockFolder.of(Map.of("ROCMFORGE_CACHE", "/c")));
  }
}
