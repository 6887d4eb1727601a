package dev.rocmforge.bench.cli;

import dev.rocmforge.reports.format.exchange.ExchangeFormat;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --format} of the commands that exchange figures with other tools. */
final class ExchangeFormatOption {
  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      required = true,
      converter = Reader.class,
      completionCandidates = Words.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private ExchangeFormat format;

  ExchangeFormat format() {
    return format;
  }

  /** The words that name a format. */
  static final class Words implements Iterable<String> {
    private static List<String> all() {
      return Arrays.stream(ExchangeFormat.values()).map(ExchangeFormat::word).toList();
    }

    @Override
    public Iterator<String> iterator() {
      return all().iterator();
    }
  }

  /** A format by its word. */
  static final class Reader implements ITypeConverter<ExchangeFormat> {
    @Override
    public ExchangeFormat convert(String word) {
      return Arrays.stream(ExchangeFormat.values())
          .filter(format -> format.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "one of "
                          + String.join(", ", Words.all())
                          + " needed, '"
                          + word
                          + "' given"));
    }
  }
}
