package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.reports.record.BackendKind;
import java.util.function.Consumer;

/** The backends that a command line can name; the one place that opens them. */
enum BackendChoice {
  SCALAR(BackendKind.SCALAR) {
    @Override
    Backend open(int threads, GuardOptions guard, Consumer<String> lines) {
      return new ScalarBackend();
    }

    @Override
    int threads(int asked) {
      return 1;
    }
  },
  VECTOR(BackendKind.VECTOR) {
    @Override
    Backend open(int threads, GuardOptions guard, Consumer<String> lines) {
      return new VectorBackend(threads(threads));
    }

    @Override
    int threads(int asked) {
      return asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    }
  },
  GPU(BackendKind.GPU) {
    @Override
    Backend open(int threads, GuardOptions guard, Consumer<String> lines) {
      return GuardedBackend.open(guard, lines);
    }

    @Override
    int threads(int asked) {
      return 1;
    }
  };

  private final BackendKind kind;

  BackendChoice(BackendKind kind) {
    this.kind = kind;
  }

  /** The word of records. */
  BackendKind kind() {
    return kind;
  }

  /**
   * Opens it.
   *
   * @param threads asked for; 0 leaves the choice to the backend
   * @param guard how a GPU is chosen and what it must keep to
   * @param lines receives what the GPU's rules decide
   */
  abstract Backend open(int threads, GuardOptions guard, Consumer<String> lines);

  /** CPU threads that it will use when {@code asked} are asked for. */
  abstract int threads(int asked);
}
