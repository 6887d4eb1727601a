package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.HipException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes everything it was given, last first, even if some of it fails: the first failure is thrown
 * at the end and carries the others.
 */
final class Closing {
  private final Deque<AutoCloseable> things = new ArrayDeque<>();

  /** Takes over what may be null. */
  <T extends AutoCloseable> T add(T thing) {
    if (thing != null) {
      things.push(thing);
    }
    return thing;
  }

  void run() {
    HipException first = null;
    while (!things.isEmpty()) {
      try {
        things.pop().close();
      } catch (HipException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** As {@link #run} on the way out of {@code cause}, which carries the failures. */
  void runAfter(Throwable cause) {
    try {
      run();
    } catch (HipException e) {
      cause.addSuppressed(e);
    }
  }
}
