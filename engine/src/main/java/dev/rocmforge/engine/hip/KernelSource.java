package dev.rocmforge.engine.hip;

import java.util.List;
import java.util.Map;

/**
 * What the run-time compiler gets.
 *
 * @param name shown in messages, for example {@code q4_0/gemv.hip}
 * @param text the source
 * @param headers texts by the name they are included with
 * @param options as for clang: {@code --offload-arch=gfx1100}, {@code -DRF_WAVE=32}, {@code -O3}
 */
public record KernelSource(
    String name, String text, Map<String, String> headers, List<String> options) {
  public KernelSource {
    headers = Map.copyOf(headers);
    options = List.copyOf(options);
  }
}
