package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.reports.record.BackendKind;

/** The backends that a command line can name; the one place that opens them. */
enum BackendChoice {
  SCALAR(BackendKind.SCALAR) {
    @Override
    Backend open(int threads) {
      return new ScalarBackend();
    }

    @Override
    int threads(int asked) {
      return 1;
    }
  },
  VECTOR(BackendKind.VECTOR) {
    @Override
    Backend open(int threads) {
      return new VectorBackend(threads(threads));
    }

    @Override
    int threads(int asked) {
      return asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    }
  },
  GPU(BackendKind.GPU) {
    @Override
    Backend open(int threads) {
      throw new InputException(
          "--gpu: this version has no GPU backend; without it the model runs on the CPU");
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
   */
  abstract Backend open(int threads);

  /** CPU threads that it will use when {@code asked} are asked for. */
  abstract int threads(int asked);
}
