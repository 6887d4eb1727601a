package dev.rocmforge.bench.models;

/** Told how far a fetch is; called often, from the fetching thread. */
@FunctionalInterface
public interface FetchProgress {
  /**
   * One report.
   *
   * @param file what is being fetched
   * @param bytes have arrived, those of an earlier attempt included
   * @param totalBytes whole size, or -1 if the source does not say
   */
  void at(String file, long bytes, long totalBytes);
}
