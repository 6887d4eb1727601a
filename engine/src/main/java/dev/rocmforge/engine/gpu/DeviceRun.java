package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.PinnedBuffer;
import dev.rocmforge.engine.hip.Stream;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.HeadRotation;
import dev.rocmforge.engine.session.KvReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * What a session holds on the device, and the passes that run there. Queues work without checking
 * positions or tokens: that is the session's part.
 */
final class DeviceRun implements AutoCloseable {
  private final Device device;
  private final Closing closing = new Closing();
  private final Arena arena = Arena.ofShared();
  private final Stream stream;
  private final SessionMemory memory;
  private final Control control;
  private final PickArrivals arrivals;
  private final PinnedBuffer pinnedLogits;
  private final int vocabulary;
  private final BlockPrograms blocks;
  private final AttentionSplits splits;

  /** For a few tokens at once; recurrent blocks take them one by one. */
  private final Optional<BlockPrograms> fewBlocks;

  private final HeadPrograms head;
  private final Program single = new Program();
  private final Program greedy;
  private final Program batch = new Program();
  private final Program few = new Program();

  /** Compiles the kernels of {@link #few} when they are first needed. */
  private final KernelLibrary kernels;

  private boolean fewResolved;
  private final Program pick = new Program();
  private final DecodeGraphs graphs;
  private final Optional<ExpertPager> pager;
  private final StageClock clock;
  private final ProbeReader probe;
  private final Optional<DeviceKeyValues> keyValues;
  private final boolean profiling;
  private DecodeProfile profile = DecodeProfile.NONE;

  /** Whether the step under way is timed. */
  private boolean timed;

  private int deviceLength = -1;

  /** What a run is made for. */
  record Setup(
      Model model,
      int capacity,
      KvStorage kv,
      Probe probe,
      Choice graph,
      boolean profiling,
      boolean q8,
      boolean matrix,
      boolean dot2,
      LaunchShapes shapes,
      int batch,
      Optional<ExpertPlan> experts,
      boolean prefetch,
      GpuMemoryPlan plan) {}

  DeviceRun(Setup setup, Device device, DeviceWeights weights, KernelLibrary kernels) {
    this.device = device;
    this.kernels = kernels;
    this.profiling = setup.profiling();
    Model model = setup.model();
    vocabulary = model.config().vocabularySize();
    try {
      closing.add(arena);
      stream = closing.add(device.newStream());
      memory = closing.add(new SessionMemory(setup.plan(), device));
      clock = closing.add(new StageClock(device));
      graphs = closing.add(new DecodeGraphs(setup.graph(), device, setup.plan()));
      control =
          new Control(
              memory.buffer(GpuMemoryPlan.CONTROL),
              memory.pinned(device, "control", 4 * Control.ints(setup.capacity())),
              setup.capacity());
      arrivals = closing.add(new PickArrivals(device));
      pinnedLogits = memory.pinned(device, "logits", memory.buffer(GpuMemoryPlan.LOGITS).bytes());
      pager = setup.experts().map(slots -> closing.add(pager(slots, setup, weights)));
      var forms = new MatrixLaunches.Forms(setup.matrix(), setup.dot2());
      var context =
          new ProgramContext(
              model,
              weights,
              memory,
              control,
              new MatrixLaunches(setup.shapes(), kernels.wave(), forms, arena),
              new RowLaunches(kernels.wave(), arena),
              setup.shapes(),
              pager,
              setup.q8(),
              false,
              kernels.wave(),
              setup.capacity(),
              arena);
      probe = new ProbeReader(setup.probe(), stream);
      blocks =
          switch (model.config().blocks()) {
            case TransformerBlocks transformer ->
                new TransformerPrograms(context, transformer, setup.kv());
            case MambaBlocks mamba -> new MambaPrograms(context, mamba);
          };
      splits = splits(context);
      fewBlocks = few(context, setup);
      head = new HeadPrograms(context);
      greedy = build(context);
      resolve(kernels);
      keyValues = DeviceKeyValues.of(setup, memory, this::bind);
      initialise(setup);
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  private AttentionSplits splits(ProgramContext context) {
    return switch (context.model().config().blocks()) {
      case TransformerBlocks transformer ->
          AttentionSplits.of(
              transformer,
              TransformerPrograms.decodeShape(transformer, context),
              context.wave(),
              device.properties().multiprocessorCount());
      case MambaBlocks _ -> AttentionSplits.NONE;
    };
  }

  private Optional<BlockPrograms> few(ProgramContext context, Setup setup) {
    return switch (context.model().config().blocks()) {
      // A few tokens together may need more experts than there are slots.
      case TransformerBlocks _ when pager.isPresent() -> Optional.empty();
      case TransformerBlocks transformer ->
          Optional.of(new TransformerPrograms(context.ofFew(), transformer, setup.kv()));
      case MambaBlocks _ -> Optional.empty();
    };
  }

  private ExpertPager pager(ExpertPlan experts, Setup setup, DeviceWeights weights) {
    ExpertHost host = weights.experts().orElseThrow();
    long ids = memory.buffer(GpuMemoryPlan.EXPERT_SLOTS).bytes() / 4;
    int used = Math.toIntExact(ids / setup.batch());
    return new ExpertPager(
        experts, host, device, memory, setup.batch(), used, setup.prefetch(), arena);
  }

  private Program build(ProgramContext context) {
    DeviceMatrix table = context.weights().matrix(context.model().weights().embeddings());
    Launch embed = context.matrices().embed(table, context.control().tokens(), context.residual());
    single.add(DecodeStage.EMBED, embed);
    blocks.single(single);
    head.single(single);
    Program picking = single.copy();
    head.pick(picking, true);
    batch.add(DecodeStage.EMBED, embed);
    batch.tap(
        dev.rocmforge.engine.Stage.EMBEDDING,
        -1,
        context.residual(),
        context.width(),
        context.width());
    blocks.batch(batch);
    fewBlocks.ifPresent(
        programs -> {
          few.add(DecodeStage.EMBED, embed);
          programs.single(few);
          head.single(few, context.ofFew());
        });
    head.pick(pick, false);
    return picking;
  }

  private void resolve(KernelLibrary kernels) {
    Set<KernelId> ids = new HashSet<>();
    for (Program program : new Program[] {single, greedy, batch, pick}) {
      ids.addAll(program.kernels());
    }
    for (Program program : head.programs()) {
      ids.addAll(program.kernels());
    }
    kernels.prepare(ids);
    for (Program program : new Program[] {single, greedy, batch, pick}) {
      program.resolve(kernels);
    }
    head.resolve(kernels);
  }

  private void initialise(Setup setup) {
    if (setup.model().config().blocks() instanceof TransformerBlocks transformer) {
      float[] factors =
          setup.model().weights().ropeFactors().map(Tensor::decode).orElse(new float[0]);
      RopeTable.upload(
          memory.buffer(GpuMemoryPlan.ROPE), transformer.rope(), factors, setup.capacity());
      if (setup.kv().turned()) {
        RotationTable.upload(
            memory.buffer(GpuMemoryPlan.ROTATION),
            new HeadRotation(transformer.keyLength(), setup.kv().seed()));
      }
      DeviceBuffer arrivals = memory.buffer(GpuMemoryPlan.ARRIVALS);
      arrivals.fill(0, arrivals.bytes(), 0, stream);
    } else {
      blocks.rewind(0, stream);
    }
    stream.synchronize();
  }

  /** Makes the device this thread's; to be called before anything is queued. */
  void bind() {
    device.bind();
  }

  void synchronize() {
    stream.synchronize();
  }

  /** Whether the device itself knows token and position of the next step. */
  boolean continues(int position) {
    return deviceLength == position + 1;
  }

  /** Whether single tokens run the fused program; not while a probe looks. */
  boolean singlesFused() {
    return !probe.looking();
  }

  void upload(int[] tokens, int from, int count, int position) {
    deviceLength = -1;
    if (profiling) {
      clock.begin(stream);
    }
    control.upload(tokens, from, count, position, stream);
  }

  /** The uploaded token and its logits. */
  void single(int position) {
    if (profiling) {
      clock.run(single, stream, splits.of(position + 1));
      timed = true;
    } else {
      graphs.run(single, stream, splits.of(position + 1));
    }
  }

  /** The token on the device, its logits, and the pick of the next one. */
  void singleGreedy(int position) {
    graphs.run(greedy, stream, splits.of(position + 1));
    deviceLength = position + 2;
  }

  /** The token on the device and those picked after it, each as soon as the next step is queued. */
  void streamGreedy(int position, int count, IntConsumer sink) {
    try {
      for (int i = 0; i < count; i++) {
        singleGreedy(position + i);
        arrivals.queue(position + i + 1, control, stream);
        if (i > 0) {
          sink.accept(arrivals.await(position + i, control));
        }
      }
      sink.accept(arrivals.await(position + count, control));
    } catch (RuntimeException | Error e) {
      // A step is still under way: what it uses must outlive it.
      try {
        stream.synchronize();
      } catch (HipException lost) {
        e.addSuppressed(lost);
      }
      deviceLength = -1;
      throw e;
    }
  }

  /** The uploaded token and the pick of the next, timed by themselves. */
  DecodeProfile profile(int position) {
    deviceLength = -1;
    clock.begin(stream);
    clock.run(greedy, stream, splits.of(position + 1));
    clock.end(stream);
    stream.synchronize();
    return clock.read();
  }

  /** Of the steps so far, where they are timed. */
  DecodeProfile profile() {
    return profile;
  }

  /** The blocks over the uploaded tokens. */
  void batch(int count, int position) {
    probe.at(position, count);
    batch.run(stream, count, 1, probe);
  }

  void lastLogits(int row, int position) {
    if (probe.looking()) {
      probe.at(position + row, 1);
      head.runRows(stream, row, 1, probe);
    } else {
      head.runLast(stream, row);
    }
  }

  /**
   * Tokens, of {@code count} that come next, that can run together as they would one by one: their
   * attention must be split alike.
   */
  int together(int position, int count) {
    if (fewBlocks.isEmpty() || probe.looking() || profiling) {
      return 1;
    }
    int most = GpuMemoryPlan.few(count);
    int same = 1;
    while (same < most && splits.of(position + same + 1) == splits.of(position + 1)) {
      same++;
    }
    return same;
  }

  /** The uploaded tokens, and the logits of each in order. */
  void few(int count, int position, float[] row, Session.LogitsSink sink) {
    if (!fewResolved) {
      kernels.prepare(few.kernels());
      few.resolve(kernels);
      fewResolved = true;
    }
    // Launched one by one: a graph for every number of tokens would need memory of its own.
    few.run(stream, count, splits.of(position + 1));
    MemorySegment all = pinnedLogits.segment().asSlice(0, 4L * count * vocabulary);
    memory.buffer(GpuMemoryPlan.LOGITS).download(0, all, stream);
    stream.synchronize();
    handOver(all, count, position, row, sink);
  }

  private void handOver(
      MemorySegment all, int count, int position, float[] row, Session.LogitsSink sink) {
    for (int i = 0; i < count; i++) {
      MemorySegment.copy(all, ValueLayout.JAVA_FLOAT, 4L * i * vocabulary, row, 0, vocabulary);
      sink.row(position + i, row);
    }
  }

  /** Waits for the logits of the last token. */
  float[] downloadLogits(float[] target, int position) {
    MemorySegment row = pinnedLogits.segment().asSlice(0, 4L * vocabulary);
    memory.buffer(GpuMemoryPlan.LOGITS).download(0, row, stream);
    if (timed) {
      clock.end(stream);
    }
    stream.synchronize();
    if (timed) {
      timed = false;
      profile = profile.plus(clock.read());
    }
    MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, target, 0, vocabulary);
    return target;
  }

  /** Logits of every row of the batch just run, in order. */
  void allLogits(int count, int position, float[] row, Session.LogitsSink sink) {
    int most = Math.toIntExact(pinnedLogits.segment().byteSize() / 4 / vocabulary);
    for (int from = 0; from < count; from += most) {
      int rows = Math.min(most, count - from);
      probe.at(position + from, rows);
      head.runRows(stream, from, rows, probe);
      MemorySegment all = pinnedLogits.segment().asSlice(0, 4L * rows * vocabulary);
      memory.buffer(GpuMemoryPlan.LOGITS).download(0, all, stream);
      stream.synchronize();
      handOver(all, rows, position + from, row, sink);
    }
  }

  /** Picks from the logits on the device and waits for the token. */
  int pick() {
    pick.run(stream, 1, 1);
    control.downloadToken(stream);
    stream.synchronize();
    return control.token();
  }

  /** Waits for the tokens picked for positions {@code first ...}. */
  void downloadPicked(int first, int[] target) {
    control.downloadHistory(first, target.length, stream);
    stream.synchronize();
    for (int i = 0; i < target.length; i++) {
      target[i] = control.picked(first + i);
    }
  }

  /** The experts that each of the first {@code rows} rows of the last pass went to, by layer. */
  int[][] chosenExperts(int layers, int rows, int used) {
    DeviceBuffer ids = memory.buffer(Scratch.EXPERT_IDS.word());
    int[][] chosen = new int[layers][];
    stream.synchronize();
    try (Arena host = Arena.ofConfined()) {
      MemorySegment row = host.allocate(ValueLayout.JAVA_INT, (long) rows * used);
      for (int layer = 0; layer < layers; layer++) {
        ids.download(layer * (ids.bytes() / layers), row);
        chosen[layer] = row.toArray(ValueLayout.JAVA_INT);
      }
    }
    return chosen;
  }

  boolean canRewind(int position) {
    return blocks.canRewind(position);
  }

  void rewind(int position) {
    deviceLength = -1;
    blocks.rewind(position, stream);
  }

  Optional<KvReader> keyValues(IntSupplier positions) {
    return keyValues.map(reader -> reader.upTo(positions));
  }

  /** What paging of experts did; empty where all of them are on the device. */
  Optional<ExpertTraffic> expertTraffic() {
    return pager.map(own -> own.traffic(stream));
  }

  GraphHealth graphHealth() {
    return graphs.health();
  }

  @Override
  public void close() {
    closing.run();
  }
}
