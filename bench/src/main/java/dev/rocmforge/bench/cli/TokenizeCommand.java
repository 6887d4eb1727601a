package dev.rocmforge.bench.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.tokenizer.ChatRequest;
import dev.rocmforge.engine.tokenizer.ChatTemplate;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tokenize}: text to ids and back, and chat templates. */
@Command(
    name = "tokenize",
    description = {
      "Text from stdin or a file to token ids, one line.",
      "Nothing is added, and special tokens in the text are read as such."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TokenizeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "UTF-8 text, or ids with --decode (default: stdin).")
  private Path file;

  @Option(names = "--json", description = "Ids with the text of each, as JSON.")
  private boolean json;

  @Option(names = "--decode", description = "The other way: ids, separated by blanks or commas.")
  private boolean decode;

  @Option(
      names = "--chat",
      paramLabel = "FILE",
      description = "Render a JSON list of messages with the chat template and print the text.")
  private Path chat;

  @Option(
      names = "--special",
      description = "Put the model's begin and end tokens around the text, where it asks for them.")
  private boolean special;

  @Option(names = "--plain", description = "Control tokens in the text stay plain text.")
  private boolean plain;

  @Override
  public Integer call() throws IOException {
    if (chat != null && (decode || file != null)) {
      throw new ParameterException(
          spec.commandLine(), "--chat goes with neither --decode nor a file of text");
    }
    try (ModelFile opened = ModelFile.open(model.path())) {
      Tokenizer tokenizer = Tokenizer.of(opened.metadata());
      PrintWriter out = spec.commandLine().getOut();
      if (chat != null) {
        String text = rendered(tokenizer);
        if (json) {
          print(tokenizer, tokenizer.encode(text, EncodeOptions.RENDERED));
        } else {
          out.print(text);
        }
      } else if (decode) {
        out.print(tokenizer.decode(ids(input())));
      } else {
        print(tokenizer, tokenizer.encode(input(), new EncodeOptions(special, !plain)));
      }
      out.flush();
    }
    return ExitCode.DONE.code();
  }

  private String rendered(Tokenizer tokenizer) throws IOException {
    ChatTemplate template =
        ChatTemplate.of(tokenizer)
            .orElseThrow(() -> new InputException(model.path() + ": no chat template"));
    return template.render(ChatRequest.of(messages(read(chat))));
  }

  /** A list of messages, or an object that has one under {@code messages}. */
  private List<Map<String, Object>> messages(String text) {
    try {
      JsonMapper mapper = JsonMapper.builder().build();
      JsonNode tree = mapper.readTree(text);
      JsonNode list = tree.isObject() ? tree.path("messages") : tree;
      if (!list.isArray()) {
        throw new InputException(
            chat + ": a list of messages needed, " + list.getNodeType() + " found");
      }
      return mapper.convertValue(list, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new InputException(chat + ": no JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new InputException(chat + ": messages must be objects", e);
    }
  }

  private void print(Tokenizer tokenizer, int[] ids) {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.println(Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
      return;
    }
    var root = JsonNodeFactory.instance.objectNode();
    var tokens = root.putArray("tokens");
    for (int id : ids) {
      tokens.addObject().put("id", id).put("text", tokenizer.decode(new int[] {id}));
    }
    out.println(root);
  }

  private int[] ids(String text) {
    String[] words = text.strip().split("[\\s,\\[\\]]+");
    return Arrays.stream(words)
        .filter(word -> !word.isEmpty())
        .mapToInt(
            word -> {
              try {
                return Integer.parseInt(word);
              } catch (NumberFormatException e) {
                throw new InputException("ids: a whole number needed, '" + word + "' found", e);
              }
            })
        .toArray();
  }

  private String input() throws IOException {
    if (file != null) {
      return read(file);
    }
    InputStream stdin = System.in;
    return new String(stdin.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new InputException(path + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
  }
}
