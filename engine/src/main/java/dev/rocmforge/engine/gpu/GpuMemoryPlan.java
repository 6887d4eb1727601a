package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.CpuSession;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.model.Blocks;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.route.ExpertMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every buffer on the device that a session and its weights need, with its size, known before
 * anything is allocated. Sessions allocate through it and nothing else, so its sum is what the
 * device has to give. Graphs are the runtime's to allocate and cannot be asked for beforehand: for
 * them stands a reservation, which is held against the device's memory after each capture. The
 * runtime's other needs (code, page rounding) come on top.
 *
 * @param buffers in the order of allocation
 */
public record GpuMemoryPlan(List<Buffer> buffers) {
  /** What memory is for; the lines of a printed table. */
  public enum Use {
    WEIGHTS,
    /** Slots of paged experts and what fills them; a session's own. */
    EXPERTS,
    /** Only while weights are uploaded. */
    STAGING,
    KV_CACHE,
    /** Convolution tails and scan states of recurrent blocks. */
    RECURRENT_STATE,
    ROPE_TABLE,
    /** Token ids, position and length. */
    CONTROL,
    SCRATCH,
    /** Parts of the decode attention. */
    PARTIALS,
    LOGITS,
    /** Arguments of the decode graphs' launches, reserved. */
    GRAPH
  }

  /**
   * One allocation.
   *
   * @param name unique in the plan; also the purpose in the allocation ledger
   */
  public record Buffer(Use use, String name, long bytes) {}

  static final String VECTORS = "weights: vectors";
  static final String STAGING = "staging ";
  static final String KEYS = "kv: keys";
  static final String VALUES = "kv: values";
  static final String KEY_SCALES = "kv: scales of keys";
  static final String VALUE_SCALES = "kv: scales of values";
  static final String ROTATION = "kv: rotation";
  static final String CONVOLUTION = "state: convolution";
  static final String SCAN = "state: scan";
  static final String ROPE = "rope table";
  static final String CONTROL = "control";
  static final String PARTIAL = "attention parts";
  static final String ARRIVALS = "arrivals";
  static final String LOGITS = "logits";
  static final String ROTATED = "scratch: rotated";
  static final String INNER = "scratch: inner";
  static final String EXPERT_STAGING = "experts: staging";
  static final String EXPERT_SLOTS = "experts: chosen slots";
  static final String EXPERT_LIKELY = "experts: likely ones";
  static final String BEST = "argmax values";
  static final String BEST_IDS = "argmax ids";
  static final String GRAPHS = "decode graphs";

  /** With the logits for the host, and with the pick of the next token. */
  private static final int DECODE_GRAPHS = 2;

  /** Launches before and behind the layers. */
  private static final int OUTER_LAUNCHES = 8;

  private static final int DENSE_LAUNCHES = 16;
  private static final int EXPERT_LAUNCHES = 24;

  /** As many explicit arguments as any kernel has, and 256 bytes of hidden ones. */
  private static final int LAUNCH_BYTES = 512;

  /** Most splits of a decode attention. */
  static final int SPLITS = 64;

  /** Blocks of the argmax. */
  static final int ARGMAX_BLOCKS = 128;

  /** Rows of logits at once when every position's are wanted. */
  static final int LOGIT_ROWS = 16;

  /** Most tokens that run together and keep the bits of single ones. */
  private static final int FEW = 8;

  private static final long STAGING_BYTES = 16L << 20;
  private static final int GRID_LIMIT = 65535;

  public GpuMemoryPlan {
    buffers = List.copyOf(buffers);
  }

  /**
   * What a session with these options allocates.
   *
   * @throws InputException if the options do not fit the model or a tensor's type has no kernels
   */
  public static GpuMemoryPlan of(Model model, SessionOptions options) {
    return of(model, options, new ExpertMemory.All());
  }

  /**
   * As {@link #of(Model, SessionOptions)}.
   *
   * @param experts AUTO is ALL here: what else there is room for, others know
   * @throws InputException also if there is a budget and no mixture, or none for a token's experts
   */
  public static GpuMemoryPlan of(Model model, SessionOptions options, ExpertMemory experts) {
    refuse(model, options);
    WeightPlan plan = WeightPlan.of(model);
    Optional<ExpertPlan> paged = experts(model, plan, experts);
    List<Buffer> all =
        new ArrayList<>(weights(plan, paged.isPresent() ? plan.withoutExperts() : plan.matrices()));
    all.addAll(session(model, options));
    int batch = batch(model, options);
    paged.ifPresent(slots -> all.addAll(slots(slots, model.config(), batch)));
    if (plan.rotatedColumns() > 0) {
      all.add(new Buffer(Use.SCRATCH, ROTATED, 4L * batch * plan.rotatedColumns()));
    }
    if (plan.rank() > 0) {
      all.add(new Buffer(Use.SCRATCH, INNER, 4L * batch * plan.rank()));
    }
    return new GpuMemoryPlan(all);
  }

  /** Slots of paged experts; empty where all of them stay. */
  static Optional<ExpertPlan> experts(Model model, WeightPlan plan, ExpertMemory memory) {
    return memory.pages()
        ? Optional.of(ExpertPlan.of(plan, memory, used(model.config())))
        : Optional.empty();
  }

  /** Bytes of the fewest slots that a session can have; 0 without a mixture. */
  public static long leastExpertBytes(Model model) {
    return ExpertPlan.leastBytes(WeightPlan.of(model), used(model.config()));
  }

  /** Words for the experts that such a budget keeps on the device. */
  public static String expertWords(Model model, ExpertMemory memory) {
    return ExpertPlan.of(WeightPlan.of(model), memory, used(model.config())).words();
  }

  /** Experts of a token; 1 without a mixture. */
  private static int used(ModelConfig config) {
    return switch (config.blocks()) {
      case TransformerBlocks(_, _, _, _, _, _, FeedForward.Experts experts) -> experts.used();
      case Blocks _ -> 1;
    };
  }

  private static List<Buffer> slots(ExpertPlan experts, ModelConfig config, int batch) {
    List<Buffer> all = new ArrayList<>();
    for (int pool = 0; pool < experts.pools().size(); pool++) {
      ExpertPlan.Pool slots = experts.pools().get(pool);
      for (int stack = 0; stack < slots.stacks().size(); stack++) {
        long bytes = slots.stacks().get(stack).bytes(slots.slots());
        all.add(new Buffer(Use.EXPERTS, expertStack(pool, stack), bytes));
      }
    }
    all.add(new Buffer(Use.EXPERTS, EXPERT_STAGING, experts.stagingBytes()));
    long ids = 4L * used(config);
    all.add(new Buffer(Use.EXPERTS, EXPERT_SLOTS, ids * batch));
    long count = 4L * experts.layers().stream().mapToInt(layer -> layer.count()).max().orElse(0);
    long likely =
        PlaneLayout.aligned(4L * config.embeddingLength())
            + PlaneLayout.aligned(count)
            + 2 * PlaneLayout.aligned(ids);
    all.add(new Buffer(Use.EXPERTS, EXPERT_LIKELY, likely));
    return all;
  }

  static String expertStack(int pool, int stack) {
    return "experts: pool %d, matrix %d".formatted(pool, stack);
  }

  private static List<Buffer> weights(WeightPlan weights, List<WeightPlan.Matrix> matrices) {
    List<Buffer> all = new ArrayList<>();
    long largest = weights.vectorBytes();
    long row = 0;
    for (WeightPlan.Matrix matrix : matrices) {
      all.add(new Buffer(Use.WEIGHTS, matrixName(matrix), matrix.bytes()));
      for (Tensor part : matrix.parts()) {
        largest = Math.max(largest, part.data().byteSize());
        row = Math.max(row, part.rowBytes());
      }
    }
    all.add(new Buffer(Use.WEIGHTS, VECTORS, weights.vectorBytes()));
    long half = PlaneLayout.aligned(Math.max(row, Math.min(largest, STAGING_BYTES)));
    all.add(new Buffer(Use.STAGING, STAGING + 0, half));
    all.add(new Buffer(Use.STAGING, STAGING + 1, half));
    return all;
  }

  private static List<Buffer> session(Model model, SessionOptions options) {
    ModelConfig config = model.config();
    int capacity = CpuSession.capacity(model, options);
    int batch = batch(model, options);
    var all = new PlanBuilder();
    all.add(Use.CONTROL, CONTROL, 4L * Control.ints(capacity));
    all.floats(Use.LOGITS, LOGITS, Math.min(batch, LOGIT_ROWS), config.vocabularySize());
    all.floats(Use.LOGITS, BEST, 1, ARGMAX_BLOCKS);
    all.floats(Use.LOGITS, BEST_IDS, 1, ARGMAX_BLOCKS);
    switch (config.blocks()) {
      case TransformerBlocks blocks -> {
        long elements = (long) config.layerCount() * capacity;
        cache(all, options.kv(), blocks, elements * blocks.kvHeads());
        all.floats(Use.ROPE_TABLE, ROPE, capacity, blocks.rope().dimensions());
        long parts = (long) few(batch) * blocks.heads() * SPLITS;
        all.floats(
            Use.PARTIALS, PARTIAL, parts, AttentionLaunches.partFloats(blocks.valueLength()));
        all.add(Use.CONTROL, ARRIVALS, 4L * few(batch) * arrivals(blocks));
      }
      case MambaBlocks blocks -> {
        long channels = (long) config.layerCount() * blocks.innerSize();
        all.floats(
            Use.RECURRENT_STATE,
            CONVOLUTION,
            channels,
            Math.max(blocks.convolutionKernel() - 1, 1));
        all.floats(Use.RECURRENT_STATE, SCAN, channels, blocks.stateSize());
      }
    }
    for (Scratch scratch : Scratch.values()) {
      long bytes = scratch.bytes(config, batch);
      if (bytes > 0) {
        all.add(Use.SCRATCH, scratch.word(), bytes);
      }
    }
    all.add(Use.GRAPH, GRAPHS, graphBytes(config));
    return all.buffers;
  }

  /**
   * @param heads of keys, in all layers and positions
   */
  private static void cache(PlanBuilder all, KvStorage kv, TransformerBlocks blocks, long heads) {
    int keys = blocks.keyLength();
    int values = blocks.valueLength();
    all.add(Use.KV_CACHE, KEYS, heads * kv.keys().codeBytes(keys));
    all.add(Use.KV_CACHE, VALUES, heads * kv.values().codeBytes(values));
    if (kv.keys().coded()) {
      all.add(Use.KV_CACHE, KEY_SCALES, 2 * heads * kv.keys().scales(keys));
    }
    if (kv.values().coded()) {
      all.add(Use.KV_CACHE, VALUE_SCALES, 2 * heads * kv.values().scales(values));
    }
    if (kv.turned()) {
      all.add(Use.KV_CACHE, ROTATION, RotationTable.bytes(keys));
    }
  }

  private static long graphBytes(ModelConfig config) {
    int launches =
        switch (config.blocks()) {
          case TransformerBlocks(_, _, _, _, _, _, FeedForward.Experts _) -> EXPERT_LAUNCHES;
          case Blocks _ -> DENSE_LAUNCHES;
        };
    long all = (long) launches * config.layerCount() + OUTER_LAUNCHES;
    return DECODE_GRAPHS * all * LAUNCH_BYTES;
  }

  /** Counters of the launch that has the most blocks waiting for each other. */
  private static int arrivals(TransformerBlocks blocks) {
    int units =
        switch (blocks.feedForward()) {
          case FeedForward.Dense dense -> PlaneLayout.units(dense.length());
          case FeedForward.Experts experts ->
              Math.max(
                  experts.used() * PlaneLayout.units(experts.length()),
                  PlaneLayout.units(experts.sharedLength()));
        };
    return Math.max(units, blocks.heads());
  }

  /** What only the CPU runs. */
  private static void refuse(Model model, SessionOptions options) {
    if (options.latent().isPresent() || model.file().kvLatent().isPresent()) {
      throw new InputException(
          model.file().path() + ": latent KV runs on the CPU alone; --backend vector has it");
    }
    if (options.adaState() || model.file().adaState()) {
      throw new InputException(
          model.file().path() + ": AdaState runs on the CPU alone; --backend vector has it");
    }
  }

  /** Tokens of a pass: what the options say, within the context and a launch's grid. */
  static int batch(Model model, SessionOptions options) {
    int items = used(model.config());
    int capacity = CpuSession.capacity(model, options);
    return Math.min(Math.min(options.batchSize(), capacity), GRID_LIMIT / items);
  }

  /** Tokens that run together and keep the bits of single ones, where a pass has {@code batch}. */
  static int few(int batch) {
    return Math.min(batch, FEW);
  }

  static String matrixName(WeightPlan.Matrix matrix) {
    return "weights: " + matrix.name();
  }

  private static final class PlanBuilder {
    final List<Buffer> buffers = new ArrayList<>();

    void add(Use use, String name, long bytes) {
      buffers.add(new Buffer(use, name, bytes));
    }

    void floats(Use use, String name, long rows, int columns) {
      add(use, name, 4 * rows * columns);
    }
  }

  /** Sum of all, the most that is held at once. */
  public long totalBytes() {
    return buffers.stream().mapToLong(Buffer::bytes).sum();
  }

  /** Sum of the buffers that stay while the session is open. */
  public long residentBytes() {
    Map<Use, Long> sums = bytesByUse();
    return totalBytes() - sums.getOrDefault(Use.STAGING, 0L) - sums.get(Use.GRAPH);
  }

  /** Sums by use, in the order of {@link Use}. */
  public Map<Use, Long> bytesByUse() {
    Map<Use, Long> sums = new LinkedHashMap<>();
    for (Use use : Use.values()) {
      for (Buffer buffer : buffers) {
        if (buffer.use() == use) {
          sums.merge(use, buffer.bytes(), Long::sum);
        }
      }
    }
    return sums;
  }

  /** Size of a buffer, which must be in the plan. */
  long bytes(String name) {
    for (Buffer buffer : buffers) {
      if (buffer.name().equals(name)) {
        return buffer.bytes();
      }
    }
    throw new AssertionError(name + " is not in the memory plan");
  }

  DeviceBuffer allocate(Device device, String name) {
    return device.allocate(name, bytes(name));
  }
}
