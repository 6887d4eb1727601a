package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.HipUnavailableException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;

/** Why a runtime sees no device: no driver, no permission, or really none. */
final class DriverDiagnosis {
  private static final Path KFD = Path.of("/dev/kfd");

  private DriverDiagnosis() {}

  static HipUnavailableException noDevice(RuntimeKind kind, String library) {
    return noDevice(kind, library, KFD);
  }

  static HipUnavailableException noDevice(RuntimeKind kind, String library, Path kfd) {
    if (kind != RuntimeKind.AMD) {
      return new HipUnavailableException(
          Reason.NO_DEVICE, library + ": no device is visible to the " + kind.label() + " runtime");
    }
    if (!Files.exists(kfd)) {
      return new HipUnavailableException(
          Reason.NO_DRIVER,
          library + ": no device: " + kfd + " does not exist; the amdgpu driver is not loaded");
    }
    return present(library, kfd, Files.isReadable(kfd) && Files.isWritable(kfd));
  }

  /** The driver is there; apart, because a superuser may open every file. */
  static HipUnavailableException present(String library, Path kfd, boolean permitted) {
    if (!permitted) {
      return new HipUnavailableException(
          Reason.NO_PERMISSION,
          library + ": no device: no permission for " + kfd + "; add this user to group render");
    }
    return new HipUnavailableException(
        Reason.NO_DEVICE,
        library + ": no supported device, although " + kfd + " can be opened; see rocminfo");
  }
}
