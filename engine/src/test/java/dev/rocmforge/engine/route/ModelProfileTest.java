package dev.rocmforge.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rocmforge.engine.Model;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelProfileTest {
  @ParameterizedTest
  @CsvSource({
    "models/lexicon-tiny-q4_0, 'arch=qwen2, quant=Q4_0'",
    "models/lexicon-tiny-q8_0, 'arch=qwen2, quant=Q8_0'",
    "golden/oracle/qwen2-tied, 'arch=qwen2, quant=F16'",
    "golden/oracle/llama3-rope, 'arch=llama, quant=F16'",
    "golden/oracle/qwen3, 'arch=qwen3, quant=F16'",
    "golden/oracle/qwen2moe, 'arch=qwen2moe, quant=F16, moe'",
    "golden/oracle/mamba, 'arch=mamba, quant=F16, ssm'"
  })
  void profileOfAFile(String name, String profile) {
    try (Model model = Model.open(Path.of("../datasets", name + ".gguf"))) {
      assertEquals(profile, ModelProfile.of(model).toString());
    }
  }
}
