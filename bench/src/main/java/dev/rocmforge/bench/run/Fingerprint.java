package dev.rocmforge.bench.run;

import dev.rocmforge.bench.models.Sha256;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.inspect.ModelSummary;
import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.ModelFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which bytes were measured: of the model and of the code. */
public final class Fingerprint {
  private Fingerprint() {}

  /** The model's bytes and shape; reads every file of it once. */
  public static ModelFile of(Model model) {
    ModelSummary summary = ModelSummary.of(model.file());
    String digest;
    long bytes = 0;
    try {
      for (Path file : summary.files()) {
        bytes += Files.size(file);
      }
      digest = Sha256.of(summary.files());
    } catch (IOException e) {
      throw new InputException(model.file().path() + ": cannot be read: " + e.getMessage(), e);
    }
    return new ModelFile(
        model.config().name(),
        summary.files().getFirst().getFileName().toString(),
        digest,
        bytes,
        model.config().architecture(),
        summary.parameters(),
        summary.types().stream()
            .sorted(Comparator.comparingLong(ModelSummary.TypeRow::bytes).reversed())
            .map(row -> new ModelFile.TypeShare(row.type(), row.tensors(), row.bytes()))
            .toList());
  }

  /**
   * The code that runs.
   *
   * @param version as the jar states it
   * @param project the project's folder; its commit is recorded where it is a git checkout
   * @param kernels whether kernels of that folder run too
   */
  public static Build build(Optional<String> version, Path project, boolean kernels) {
    TreeMap<String, String> hashes = new TreeMap<>();
    if (kernels) {
      hashes.put("kernels", kernels(project.resolve("kernels")));
    }
    return new Build(version.orElse("unpackaged"), commit(project), jar(), hashes);
  }

  /** One hash of everything that kernels are compiled from, names included. */
  private static String kernels(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file :
          all.filter(f -> f.toString().matches(".*\\.(hip|h|json|tsv)")).sorted().toList()) {
        digest.update((folder.relativize(file) + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new InputException(folder + ": kernels cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static Optional<String> jar() {
    try {
      Path code = Path.of(Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.isRegularFile(code) ? Optional.of(Sha256.of(code)) : Optional.empty();
    } catch (URISyntaxException | IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> commit(Path project) {
    Optional<String> hash = git(project, "rev-parse", "HEAD").filter(h -> h.matches("[0-9a-f]+"));
    boolean dirty =
        git(project, "status", "--porcelain", "--untracked-files=no")
            .filter(text -> !text.isBlank())
            .isPresent();
    return hash.map(h -> dirty ? h + "-dirty" : h);
  }

  /** Output of a git command; empty where there is no git or no checkout. */
  private static Optional<String> git(Path project, String... arguments) {
    if (!Files.exists(project.resolve(".git"))) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(List.of("git", "-C", project.toString()));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
