package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The word of {@code --kv-type}. */
final class KvStorageReader implements ITypeConverter<KvStorage> {
  @Override
  public KvStorage convert(String word) {
    try {
      return KvStorage.parse(word);
    } catch (InputException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
