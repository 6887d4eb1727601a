package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Drafting;
import dev.rocmforge.bench.run.Generation;
import dev.rocmforge.bench.run.KvDump;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.bench.run.Prompt;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gpu.GpuSession;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.sampling.SamplerOptions;
import dev.rocmforge.engine.speculative.SpeculativeDecoder;
import dev.rocmforge.engine.tokenizer.TokenStream;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import dev.rocmforge.validation.machine.Processor;
import dev.rocmforge.validation.model.FiniteWatch;
import dev.rocmforge.validation.model.LogitsHealth;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** One generation from a prompt: checks, prefill, then token by token. */
final class TextRun {
  private static final int LIKELIEST_AFTER_PREFILL = 10;
  private static final int LIKELIEST_OF_A_TOKEN = 5;
  private static final int TOKENS_EXPLAINED = 3;

  /** A thread for each: the common pool of two processors has one. */
  private static final Executor BESIDE = work -> Thread.ofPlatform().daemon().start(work);

  private final RunOptions options;
  private final RunLines lines;

  TextRun(RunOptions options, RunLines lines) {
    this.options = options;
    this.lines = lines;
  }

  /** Runs it; the exit code. */
  int run(Path file) {
    BackendChoice choice = options.backend().choice();
    SamplerOptions sampling = options.sampler();
    options.kvDump().ifPresent(OutputPlace::checkFile);
    int most = options.maxTokens();
    try (Backend backend =
        options.backend().openWithFallback(options.threads(), line -> lines.say(line))) {
      CompletableFuture<Processor> processor =
          choice == BackendChoice.GPU
              ? null
              : CompletableFuture.supplyAsync(Processor::probe, BESIDE);
      long start = System.nanoTime();
      try (Model model = Model.open(file)) {
        KvStorage kv = options.backend().kv(model);
        CompletableFuture<Void> warm =
            backend instanceof VectorBackend
                ? CompletableFuture.runAsync(() -> VectorBackend.warmUp(model, kv), BESIDE)
                : CompletableFuture.completedFuture(null);
        Tokenizer tokenizer = Tokenizer.of(model.file().metadata());
        long loaded = System.nanoTime() - start;
        if (processor != null) {
          lines.processor(processor.join(), choice, choice.threads(options.threads()));
        }
        lines.say("Loading weights... done in %.1fs", loaded / 1e9);
        Prompt prompt = Prompt.of(tokenizer, options.prompt(), options.template());
        lines.model(model, tokenizer, prompt);
        if (backend instanceof VectorBackend) {
          lines.copies(VectorBackend.beyondCopyLimit(model.file()), VectorBackend.copyLimit());
        }
        KvAdvice.lines(model, kv).forEach(line -> lines.say("%s", line));
        SessionOptions sized =
            SessionOptions.DEFAULT
                .withKv(kv)
                .withContextLength(contextLength(model, prompt.tokens().size(), most));
        int code;
        try (Drafting drafting = drafting(backend, model, sized, sampling);
            Session session = open(backend, model, sized, prompt, Probe.NONE)) {
          warm.join();
          code =
              run(
                  model,
                  session,
                  drafting,
                  path(backend, prompt),
                  tokenizer,
                  prompt,
                  new Sampler(sampling, tokenizerSize(model)));
        }
        if (code != ExitCode.DONE.code() && validateOnly()) {
          trace(backend, model, sized, prompt);
        }
        return code;
      }
    }
  }

  /** Null where nothing drafts. */
  private Drafting drafting(
      Backend backend, Model model, SessionOptions session, SamplerOptions sampling) {
    return options
        .speculation()
        .filter(_ -> !validateOnly())
        .map(asked -> Drafting.open(asked, model, backend, session, sampling))
        .orElse(null);
  }

  /** On a GPU the prompt's length decides on the path. */
  private static Session open(
      Backend backend, Model model, SessionOptions session, Prompt prompt, Probe probe) {
    return backend instanceof GuardedBackend guarded
        ? guarded.open(model, session, prompt.tokens().size(), probe)
        : backend.open(model, session, probe);
  }

  /** Runs a bad prefill once more, operation by operation, and names the first bad value. */
  private void trace(Backend backend, Model model, SessionOptions options, Prompt prompt) {
    FiniteWatch watch = new FiniteWatch();
    try (Session session = open(backend, model, options, prompt, watch)) {
      session.prefill(prompt.tokens().toArray());
    }
    FiniteWatch.Largest largest = watch.largest();
    lines.say(
        "First bad value: %s",
        watch.first().map(Object::toString).orElse("none when run operation by operation"));
    lines.say("Largest finite magnitude before it: %.6g %s", largest.value(), largest.place());
  }

  /** Where the prompt runs, and on which path: the words of the validation. */
  private String path(Backend backend, Prompt prompt) {
    if (backend instanceof GuardedBackend guarded) {
      return guarded
          .route()
          .map(route -> (guarded.fellBack() ? "" : "GPU, ") + route.path())
          .orElseThrow();
    }
    int batch = Math.min(prompt.tokens().size(), SessionOptions.DEFAULT.batchSize());
    String name = options.backend().choice().kind().label();
    return "CPU " + name + ", batches of up to " + batch;
  }

  /** Logits have the model's width, which may be padded beyond the tokenizer's. */
  private static int tokenizerSize(Model model) {
    return model.config().vocabularySize();
  }

  /** What the context must hold, checked against what the model can. */
  private int contextLength(Model model, int promptTokens, int mostTokens) {
    int longest = model.config().contextLength();
    int limit = options.contextSize() == 0 ? longest : options.contextSize();
    if (limit > longest) {
      throw new InputException(
          "--ctx-size %d: %s was made for %d tokens"
              .formatted(limit, model.config().name(), longest));
    }
    if (promptTokens > limit) {
      throw new InputException(
          "prompt: %d tokens, the context holds %d".formatted(promptTokens, limit));
    }
    long wanted = (long) promptTokens + mostTokens;
    if (wanted > limit && options.askedMaxTokens().isPresent() && !validateOnly()) {
      throw new InputException(
          "prompt of %d tokens and --max-tokens %d: %d needed, the context holds %d"
              .formatted(promptTokens, mostTokens, wanted, limit));
    }
    if (options.contextSize() > 0) {
      return limit;
    }
    return (int) Math.min(validateOnly() ? promptTokens : wanted, limit);
  }

  private boolean validateOnly() {
    return options.prefillOnlyValidate();
  }

  private int run(
      Model model,
      Session session,
      Drafting drafting,
      String path,
      Tokenizer tokenizer,
      Prompt prompt,
      Sampler sampler) {
    long start = System.nanoTime();
    float[] logits = session.prefill(prompt.tokens().toArray());
    long nanos = System.nanoTime() - start;
    lines.prefill(prompt.tokens().size(), nanos);
    LikelyTokens likely = new LikelyTokens(tokenizer, lines);
    if (options.debug()) {
      likely.print("Top-10 tokens:", logits, LIKELIEST_AFTER_PREFILL);
    }
    options.kvDump().ifPresent(file -> dump(model, session, file));
    if (validateOnly()) {
      return validate(prompt, path, logits, nanos);
    }
    sampler.accept(prompt.tokens().toArray());
    generate(session, drafting, tokenizer, prompt, logits, sampler, likely);
    if (session instanceof GpuSession own) {
      if (own.decodeProfile().steps() > 0) {
        ProfileLines.of(own.decodeProfile()).forEach(line -> lines.say("%s", line));
      }
      own.expertTraffic().ifPresent(traffic -> lines.say("[Experts] %s", traffic.words()));
    }
    return ExitCode.DONE.code();
  }

  private void generate(
      Session session,
      Drafting drafting,
      Tokenizer tokenizer,
      Prompt prompt,
      float[] logits,
      Sampler sampler,
      LikelyTokens likely) {
    PrintWriter out = options.out();
    TokenStream stream = tokenizer.stream(false);
    Generation.Listener listener =
        (index, id, row) -> {
          if (options.debug()) {
            if (index > 0 && index <= TOKENS_EXPLAINED) {
              likely.print("[Token " + index + " logits] Top-5:", row, LIKELIEST_OF_A_TOKEN);
            }
            likely.generated(id);
          }
          write(out, stream.append(id));
        };
    int most = options.maxTokens();
    if (drafting == null) {
      Generation plain = Generation.run(session, logits, sampler, tokenizer, most, listener);
      write(out, stream.flush() + System.lineSeparator());
      lines.generated(plain);
      return;
    }
    SpeculativeDecoder decoder = drafting.decoder(session, sampler, logits.length);
    Generation drafted =
        Generation.speculative(
            decoder, prompt.tokens().toArray(), logits, tokenizer, most, listener);
    write(out, stream.flush() + System.lineSeparator());
    lines.generated(drafted);
    lines.speculated(drafted, decoder.counts());
  }

  /** A closed pipe or a full disk ends the generation: nobody reads the rest. */
  private static void write(PrintWriter out, String text) {
    out.print(text);
    if (out.checkError()) {
      throw new InputException("stdout: cannot be written: it is closed or full");
    }
  }

  private void dump(Model model, Session session, Path file) {
    var cache =
        session
            .keyValues()
            .orElseThrow(
                () ->
                    new InputException(
                        "--kv-dump: "
                            + model.config().architecture()
                            + " models keep no keys and values"));
    if (!(model.config().blocks() instanceof TransformerBlocks blocks)) {
      throw new AssertionError("a cache without attention");
    }
    lines.begin("Dumping KV cache to " + file + "... ");
    KvDump.write(cache, blocks.kvHeads(), file);
    lines.say(
        "done (%d layers × %d tokens × %d head_dim)",
        cache.layers(), cache.positions(), blocks.keyLength());
  }

  /** Judges the logits that this very prefill returned, and names the path that ran. */
  private int validate(Prompt prompt, String path, float[] logits, long nanos) {
    LogitsHealth health = LogitsHealth.of(logits);
    int tokens = prompt.tokens().size();
    boolean stepped = tokens == 1 || path.endsWith("DecodeStyle");
    lines.say(
        "PREFILL_ONLY_VALIDATE: %s%s",
        health.finite() ? "PASSED" : "FAILED: " + complaint(health),
        stepped ? " (decode-style path)" : "");
    lines.say(
        "Batched prefill: %sexercised (%s)",
        stepped ? "not " : "", tokens == 1 ? "single token" : path);
    lines.say("Prompt tokens: %d", tokens);
    lines.say("Time: %.1fms", nanos / 1e6);
    lines.say("Throughput: %.1f tok/s", tokens * 1e9 / nanos);
    return (health.finite() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private static String complaint(LogitsHealth health) {
    String counted =
        "%d NaN and %d Inf of %d".formatted(health.nans(), health.infinities(), health.count());
    return (health.nans() + health.infinities() == health.count()
            ? "no finite logits: "
            : "logits contain NaN or Inf: ")
        + counted;
  }
}
