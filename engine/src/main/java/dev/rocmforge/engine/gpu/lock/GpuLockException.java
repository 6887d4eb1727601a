package dev.rocmforge.engine.gpu.lock;

import dev.rocmforge.engine.EnvironmentException;

/** Another process kept the device for longer than this one would wait. */
public final class GpuLockException extends EnvironmentException {
  private static final long serialVersionUID = 1L;

  GpuLockException(String message) {
    super(message);
  }
}
