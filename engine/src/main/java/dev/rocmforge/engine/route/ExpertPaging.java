package dev.rocmforge.engine.route;

/**
 * Where the experts of a mixture are kept.
 *
 * @param prefetch whether the next layer's likely experts are fetched ahead of its router
 */
public record ExpertPaging(ExpertMemory memory, boolean prefetch) {
  /** All of them on the device. */
  public static final ExpertPaging RESIDENT = new ExpertPaging(new ExpertMemory.All(), true);

  public ExpertPaging withMemory(ExpertMemory other) {
    return new ExpertPaging(other, prefetch);
  }
}
