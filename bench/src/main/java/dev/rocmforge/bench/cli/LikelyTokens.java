package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.validation.model.LogitsHealth;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What {@code --debug} says about logits and tokens. */
final class LikelyTokens {
  private final Tokenizer tokenizer;
  private final RunLines lines;

  LikelyTokens(Tokenizer tokenizer, RunLines lines) {
    this.tokenizer = tokenizer;
    this.lines = lines;
  }

  /** The {@code count} likeliest tokens; probabilities before any sampling step. */
  void print(String title, float[] logits, int count) {
    LogitsHealth health = LogitsHealth.of(logits);
    if (!health.finite()) {
      lines.say(
          "ERROR: logits contain %d NaN and %d Inf values (min %.4f, max %.4f, mean %.4f of the"
              + " rest)",
          health.nans(), health.infinities(), health.minimum(), health.maximum(), health.mean());
      return;
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - health.maximum());
    }
    lines.say("%s", title);
    List<Integer> best =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]))
            .limit(count)
            .toList();
    for (int rank = 0; rank < best.size(); rank++) {
      int id = best.get(rank);
      lines.say(
          "  %2d. %s (%.4f) id=%d",
          rank + 1, text(id), Math.exp(logits[id] - health.maximum()) / sum, id);
    }
  }

  /** A generated token. */
  void generated(int id) {
    lines.say("[Generated] token_id=%d text=\"%s\"", id, escaped(id));
  }

  private String text(int id) {
    String text = tokenizer.decode(new int[] {id});
    boolean plain = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return plain && !text.isEmpty() ? text : '"' + escaped(id) + '"';
  }

  private String escaped(int id) {
    StringBuilder escaped = new StringBuilder();
    for (char c : tokenizer.decode(new int[] {id}).toCharArray()) {
      switch (c) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        case '"' -> escaped.append("\\\"");
        case '\\' -> escaped.append("\\\\");
        default -> {
          if (Character.isISOControl(c)) {
            escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            escaped.append(c);
          }
        }
      }
    }
    return escaped.toString();
  }
}
