package dev.rocmforge.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvStorageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f32",
        "f16",
        "q8_0",
        "turbo4",
        "turbo3",
        "turbo2",
        "turbo4/f16",
        "f16/turbo3",
        "turbo4+qjl",
        "turbo3+full2",
        "turbo2/q8_0+qjl+full256"
      })
  void wordsAreReadAsWritten(String word) {
    assertEquals(word, KvStorage.parse(word).word());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "f64",
        "turbo5",
        "turbo4/",
        "f16/f16/f16",
        "turbo4+",
        "turbo4+qlj",
        "f16+qjl",
        "f16/turbo4+qjl",
        "f16+full1",
        "turbo4+full257",
        "turbo4+full-1"
      })
  void anythingElseIsRefused(String word) {
    InputException refused = assertThrows(InputException.class, () -> KvStorage.parse(word));
    assertTrue(refused.getMessage().startsWith("KV cache: "), refused.getMessage());
  }
}
