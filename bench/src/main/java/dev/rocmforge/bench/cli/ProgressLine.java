package dev.rocmforge.bench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on stderr where that is a terminal; nothing at all elsewhere. */
final class ProgressLine implements AutoCloseable {
  private static final int WIDTH = 100;
  private static final int UPDATE_MILLIS = 250;

  private final Optional<ProgressBar> bar;

  /**
   * A bar at 0.
   *
   * @param total -1 where unknown
   */
  ProgressLine(String name, long total) {
    bar =
        terminal()
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(UPDATE_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                    .build())
            : Optional.empty();
  }

  /** Whether stderr is a terminal; Java itself only knows of stdin and stdout. */
  static boolean terminal() {
    Path stderr = Path.of("/proc/self/fd/2");
    try {
      if (Files.isSymbolicLink(stderr)) {
        String target = Files.readSymbolicLink(stderr).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      }
    } catch (IOException e) {
      return false;
    }
    return System.console().isTerminal();
  }

  void at(long done, long total, String what) {
    bar.ifPresent(
        shown -> {
          shown.maxHint(total);
          shown.stepTo(done);
          shown.setExtraMessage(" " + what);
        });
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
