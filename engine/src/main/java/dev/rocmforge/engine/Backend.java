package dev.rocmforge.engine;

/**
 * A way to run a model: the scalar reference, the vector CPU path, a GPU. Owns threads and device
 * state shared by its sessions; safe for use from several threads.
 */
public interface Backend extends AutoCloseable {
  /** Short stable name used in records: {@code scalar}, {@code vector}, {@code gpu}. */
  String name();

  /**
   * Opens a session on a model. Everything that can be refused (context length, memory, unsupported
   * types) is refused here, before any work.
   *
   * @throws InputException if the options do not fit the model
   * @throws EnvironmentException if the machine cannot hold it
   */
  default Session open(Model model, SessionOptions options) {
    return open(model, options, Probe.NONE);
  }

  /**
   * As {@link #open(Model, SessionOptions)}, with a probe that looks at intermediate values.
   *
   * @throws InputException if the options do not fit the model
   * @throws EnvironmentException if the machine cannot hold it
   */
  Session open(Model model, SessionOptions options, Probe probe);

  @Override
  void close();
}
