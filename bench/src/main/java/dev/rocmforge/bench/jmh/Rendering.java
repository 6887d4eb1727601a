package dev.rocmforge.bench.jmh;

import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.tokenizer.ChatRequest;
import dev.rocmforge.engine.tokenizer.ChatTemplate;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.reports.record.CheckRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A conversation through a model's own chat template. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Rendering implements Measured {
  @Param(EmbeddedModel.NAME)
  public String model;

  @Param("1")
  public int turns;

  private ChatTemplate template;
  private ChatRequest request;

  @Setup
  public void open() {
    try (GgufFile file = GgufFile.open(EmbeddedModel.file(model))) {
      template = ChatTemplate.of(Tokenizer.of(file.metadata())).orElseThrow();
    }
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      messages.add(ChatRequest.message("user", "Question " + i));
      messages.add(ChatRequest.message("assistant", "Answer " + i));
    }
    messages.add(ChatRequest.message("user", "And now?"));
    request = ChatRequest.of(messages);
  }

  @Benchmark
  public String render() {
    return template.render(request);
  }

  @Override
  public Map<String, List<String>> parameters() {
    return Map.of("model", List.of(EmbeddedModel.NAME), "turns", List.of("1", "16"));
  }

  /** The packed model's template, written out by hand. */
  @Override
  public CheckRecord check() {
    var agreement = new Agreement("Rendering", 0);
    Rendering one = new Rendering();
    one.model = EmbeddedModel.NAME;
    one.turns = 1;
    one.open();
    agreement.same(
        "one turn",
        """
        <|im_start|>user
        Question 0<|im_end|>
        <|im_start|>assistant
        Answer 0<|im_end|>
        <|im_start|>user
        And now?<|im_end|>
        <|im_start|>assistant
        """,
        one.render());
    agreement.same("again", one.render(), one.render());
    return agreement.verdict();
  }
}
