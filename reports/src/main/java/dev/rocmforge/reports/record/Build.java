package dev.rocmforge.reports.record;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Which code measured.
 *
 * @param rocmforgeVersion such as {@code 0.1.0}
 * @param gitCommit full hash where known, with {@code -dirty} when files differed from it
 * @param jarSha256 of the engine's jar; empty when it ran from class folders
 * @param kernelSha256 hashes of the kernels by their path, such as {@code q4_0/gemv}, or of all
 *     their sources together as {@code kernels}; empty on a CPU backend
 */
public record Build(
    String rocmforgeVersion,
    Optional<String> gitCommit,
    Optional<String> jarSha256,
    SortedMap<String, String> kernelSha256) {
  public Build {
    Require.text(rocmforgeVersion, "build.rocmforgeVersion");
    Require.present(gitCommit, "build.gitCommit");
    Require.present(jarSha256, "build.jarSha256")
        .ifPresent(hash -> Require.sha256(hash, "build.jarSha256"));
    kernelSha256 = Sorted.copyOf(kernelSha256, "build.kernelSha256");
    for (Map.Entry<String, String> kernel : kernelSha256.entrySet()) {
      Require.sha256(kernel.getValue(), "build.kernelSha256." + kernel.getKey());
    }
  }
}
