package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.reports.record.CheckRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A model file from its path to something that can be asked; the file is in the page cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Opening implements Measured {
  @Param(EmbeddedModel.NAME)
  public String model;

  /** The header: metadata and the list of tensors. */
  @Benchmark
  public int gguf() {
    try (GgufFile file = GgufFile.open(EmbeddedModel.file(model))) {
      return file.tensors().size();
    }
  }

  /** All that a session needs: configuration and weights as well. */
  @Benchmark
  public int model() {
    try (Model opened = Model.open(EmbeddedModel.file(model))) {
      return opened.file().tensors().size();
    }
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of("model", List.of(EmbeddedModel.NAME));
  }

  @Override
  public CheckRecord check() {
    var agreement = new Agreement("Opening", 0);
    Opening one = new Opening();
    one.model = EmbeddedModel.NAME;
    agreement.same("tensors", one.gguf(), one.model());
    agreement.same("there are tensors", true, one.gguf() > 0);
    return agreement.verdict();
  }
}
