package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.DeviceBuffer;
import dev.rocmforge.engine.hip.Event;
import dev.rocmforge.engine.hip.PinnedBuffer;
import dev.rocmforge.engine.hip.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a session's experts to the device when a router has chosen them. The host reads the chosen
 * ids, finds or makes room, queues copies on a stream of their own, and writes the slots that the
 * products take in place of ids; the compute stream waits for the copies it needs and no others.
 * After that, the experts that the next layer's router would choose from the state at hand are
 * fetched while this layer computes.
 *
 * <p>A slot is filled anew only when all work that read it is done: at the choice of experts the
 * compute stream is at rest, and where a pass goes on without the host, the copies wait for it.
 */
final class ExpertPager implements AutoCloseable {
  private final ExpertPlan plan;
  private final ExpertHost host;
  private final Device device;
  private final int used;
  private final boolean prefetch;
  private final Closing closing = new Closing();
  private final List<ExpertSlots> pools = new ArrayList<>();

  /** Where a layer's experts begin among those of its pool. */
  private final int[] firstExpert;

  /** The chunk in which an expert was last asked for, by pool. */
  private final List<long[]> askedIn = new ArrayList<>();

  /** Whether an expert was fetched ahead and not asked for since, by pool. */
  private final List<boolean[]> ahead = new ArrayList<>();

  private final Stream copies;
  private final Event computed;
  private final PinnedBuffer chosen;
  private final PinnedBuffer slotIds;
  private final DeviceBuffer slots;

  /** Pairs of events around each wait, until they can be read. */
  private final List<Event> marks = new ArrayList<>();

  private int marked;
  private long chunk;
  private long asked;
  private long hits;
  private long prefetched;
  private long prefetchedUsed;
  private long bytesMoved;
  private double stallMillis;

  /**
   * @param batch most tokens of a pass
   * @param used experts of a token
   */
  ExpertPager(
      ExpertPlan plan,
      ExpertHost host,
      Device device,
      SessionMemory memory,
      int batch,
      int used,
      boolean prefetch,
      Arena arena) {
    this.plan = plan;
    this.host = host;
    this.device = device;
    this.used = used;
    this.prefetch = prefetch;
    firstExpert = new int[plan.layers().size()];
    try {
      copies = closing.add(device.newStream());
      computed = closing.add(device.newEvent());
      long ids = 4L * used;
      chosen = closing.add(device.allocatePinned("chosen experts", ids * (batch + 1L)));
      slotIds = closing.add(device.allocatePinned("slots of experts", ids * batch));
      slots = memory.buffer(GpuMemoryPlan.EXPERT_SLOTS);
      int[] counts = new int[plan.pools().size()];
      for (int layer = 0; layer < firstExpert.length; layer++) {
        int pool = plan.poolOf().get(layer);
        firstExpert[layer] = counts[pool];
        counts[pool] += plan.layers().get(layer).count();
      }
      for (int i = 0; i < counts.length; i++) {
        pools.add(pool(i, memory, arena));
        askedIn.add(new long[counts[i]]);
        ahead.add(new boolean[counts[i]]);
      }
    } catch (RuntimeException | Error e) {
      closing.runAfter(e);
      throw e;
    }
  }

  private ExpertSlots pool(int index, SessionMemory memory, Arena arena) {
    ExpertPlan.Pool pool = plan.pools().get(index);
    List<DeviceBuffer> stacks = new ArrayList<>();
    for (int stack = 0; stack < pool.stacks().size(); stack++) {
      stacks.add(memory.buffer(GpuMemoryPlan.expertStack(index, stack)));
    }
    WeightPlan.Experts example = plan.layers().get(plan.poolOf().indexOf(index));
    DeviceBuffer staging = memory.buffer(GpuMemoryPlan.EXPERT_STAGING);
    return new ExpertSlots(pool, stacks, staging, example, device, closing, arena);
  }

  private ExpertSlots pool(int layer) {
    return pools.get(plan.poolOf().get(layer));
  }

  /** The slots as a stack of experts: 0 is gate or gate and up, the last is down. */
  DeviceMatrix stack(int layer, int index) {
    return pool(layer).stack(index);
  }

  /** Down's place among {@link #stack}. */
  int downStack(int layer) {
    return plan.pool(layer).stacks().size() - 1;
  }

  /** The slots of the chosen experts, {@code [batch][used]} int. */
  Slice slots() {
    return Slice.of(slots);
  }

  boolean prefetch() {
    return prefetch;
  }

  Set<KernelId> kernels() {
    Set<KernelId> ids = new HashSet<>();
    pools.forEach(pool -> ids.addAll(pool.kernels()));
    return ids;
  }

  void resolve(KernelLibrary kernels) {
    pools.forEach(pool -> pool.resolve(kernels));
  }

  /**
   * Waits for the ids that a router chose.
   *
   * @param ids of the tokens, {@code [tokens][used]} int
   * @param likely of the next layer for one token, or {@link Slice#NONE}
   */
  void choose(Slice ids, Slice likely, int tokens, Stream stream) {
    MemorySegment target = chosen.segment();
    long bytes = 4L * used * tokens;
    ids.buffer().download(ids.offset(), target.asSlice(0, bytes), stream);
    if (likely.present()) {
      MemorySegment behind = target.asSlice(bytes, 4L * used);
      likely.buffer().download(likely.offset(), behind, stream);
    }
    stream.synchronize();
    drain();
  }

  /**
   * Brings the experts of as many tokens as there are slots for.
   *
   * @param from the first of the tokens chosen for; if not 0, work before it may still run
   * @return the token behind the last one
   */
  int bring(int layer, int from, int tokens, Stream stream) {
    ExpertSlots pool = pool(layer);
    pool.cache.turn();
    int to = chunkEnd(layer, from, tokens, pool.cache.slots());
    event().record(stream);
    if (from > 0) {
      computed.record(stream);
      copies.waitFor(computed);
    }
    // Those that are there first, so that none of them gives way to one that is not.
    for (int i = from * used; i < to * used; i++) {
      pool.cache.use(firstExpert[layer] + expert(i));
    }
    for (int i = from * used; i < to * used; i++) {
      int slot = present(layer, expert(i), pool);
      slotIds.segment().setAtIndex(ValueLayout.JAVA_INT, i, slot);
    }
    for (int i = from * used; i < to * used; i++) {
      pool.await(slotIds.segment().getAtIndex(ValueLayout.JAVA_INT, i), stream);
    }
    long offset = 4L * used * from;
    slots.upload(offset, slotIds.segment().asSlice(offset, 4L * used * (to - from)), stream);
    event().record(stream);
    return to;
  }

  private int expert(int item) {
    return chosen.segment().getAtIndex(ValueLayout.JAVA_INT, item);
  }

  /** Counts what is asked for, each expert once, and ends before there are more than slots. */
  private int chunkEnd(int layer, int from, int tokens, int most) {
    long[] last = askedIn.get(plan.poolOf().get(layer));
    chunk++;
    int distinct = 0;
    int to = from;
    for (; to < tokens; to++) {
      int more = 0;
      for (int i = to * used; i < (to + 1) * used; i++) {
        // A token's experts differ, except all of one whose logits are no numbers.
        more += last[firstExpert[layer] + expert(i)] == chunk ? 0 : 1;
      }
      if (distinct + more > most) {
        break;
      }
      for (int i = to * used; i < (to + 1) * used; i++) {
        int expert = firstExpert[layer] + expert(i);
        if (last[expert] != chunk) {
          last[expert] = chunk;
          distinct++;
          count(layer, expert);
        }
      }
    }
    return to;
  }

  private void count(int layer, int expert) {
    asked++;
    boolean[] early = ahead.get(plan.poolOf().get(layer));
    if (pool(layer).cache.slot(expert) != ExpertCache.NONE) {
      hits++;
      prefetchedUsed += early[expert] ? 1 : 0;
    }
    early[expert] = false;
  }

  private int present(int layer, int expert, ExpertSlots pool) {
    int slot = pool.cache.slot(firstExpert[layer] + expert);
    if (slot == ExpertCache.NONE) {
      slot = pool.cache.admit(firstExpert[layer] + expert);
      assert slot != ExpertCache.NONE : "more experts than slots";
      pool.fill(slot, host.parts(layer, expert), copies);
      bytesMoved += pool.expertBytes();
    }
    return slot;
  }

  /**
   * Queues copies of the likely experts that {@link #choose} read. None of {@code layer} gives way.
   *
   * @param layer whose experts were brought last
   * @param next the layer that they are likely in
   */
  void fetchAhead(int layer, int next) {
    ExpertSlots pool = pool(next);
    if (pool != pool(layer)) {
      pool.cache.turn();
    }
    for (int i = used; i < 2 * used; i++) {
      int expert = expert(i);
      int key = firstExpert[next] + expert;
      if (pool.cache.use(key) != ExpertCache.NONE) {
        continue;
      }
      int slot = pool.cache.admit(key);
      if (slot == ExpertCache.NONE) {
        return;
      }
      pool.fill(slot, host.parts(next, expert), copies);
      ahead.get(plan.poolOf().get(next))[key] = true;
      prefetched++;
      bytesMoved += pool.expertBytes();
    }
  }

  private Event event() {
    if (marked == marks.size()) {
      marks.add(closing.add(device.newEvent()));
    }
    return marks.get(marked++);
  }

  /** Adds up the waits so far; the compute stream must be at rest. */
  private void drain() {
    for (int i = 0; i < marked; i += 2) {
      stallMillis += marks.get(i + 1).millisSince(marks.get(i));
    }
    marked = 0;
  }

  /** What happened so far. */
  ExpertTraffic traffic(Stream stream) {
    stream.synchronize();
    drain();
    return new ExpertTraffic(
        plan.slots(),
        plan.experts(),
        asked,
        hits,
        prefetched,
        prefetchedUsed,
        bytesMoved,
        stallMillis,
        prefetch);
  }

  /** Slots are freed only when no copy goes there any more. */
  @Override
  public void close() {
    try {
      copies.synchronize();
    } finally {
      closing.run();
    }
  }
}
