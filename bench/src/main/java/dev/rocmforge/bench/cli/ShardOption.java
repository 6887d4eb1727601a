package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Shard;
import dev.rocmforge.engine.InputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --shard}: this machine's part of what a command would do. */
final class ShardOption {
  @Option(
      names = "--shard",
      paramLabel = "I/N",
      converter = Reader.class,
      description =
          "Only every N-th workload from the I-th on; the same command with 1/N to N/N does all.")
  private Shard shard = Shard.WHOLE;

  Shard shard() {
    return shard;
  }

  /** As the command line says it. */
  static final class Reader implements ITypeConverter<Shard> {
    @Override
    public Shard convert(String text) {
      try {
        return Shard.of(text);
      } catch (InputException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
