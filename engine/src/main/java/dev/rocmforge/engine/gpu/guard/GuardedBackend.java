package dev.rocmforge.engine.gpu.guard;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.compress.SubspaceIteration;
import dev.rocmforge.engine.cpu.CpuSession;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gpu.GpuBackend;
import dev.rocmforge.engine.gpu.GpuMemoryPlan;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.GpuSession;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.gpu.feature.DeviceSelection;
import dev.rocmforge.engine.gpu.feature.KernelDispatch;
import dev.rocmforge.engine.gpu.lock.GpuLock;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.route.ExpertMemory;
import dev.rocmforge.engine.route.ExpertPaging;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.route.InferencePath;
import dev.rocmforge.engine.route.ModelProfile;
import dev.rocmforge.engine.route.Route;
import dev.rocmforge.engine.route.Router;
import dev.rocmforge.engine.route.Toggle;
import dev.rocmforge.engine.route.VramBudget;
import dev.rocmforge.engine.route.VramPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A GPU backend behind its safety rules. Owns the device's lock and the backend that runs; every
 * session is routed and held against the memory budget before anything is allocated for it.
 */
public final class GuardedBackend implements Backend {
  private final GuardOptions options;
  private final GpuEnvironment environment;
  private final DeviceSelection selection;
  private final DeviceFeatures features;
  private final KernelDispatch dispatch;
  private final GpuLock lock;
  private final GpuBackend gpu;
  private final Consumer<String> lines;
  private final long freeBytes;
  private final long totalBytes;
  private Optional<Route> route = Optional.empty();
  private VectorBackend cpu;

  private GuardedBackend(
      GuardOptions options,
      GpuEnvironment environment,
      DeviceSelection selection,
      DeviceFeatures features,
      KernelDispatch dispatch,
      GpuLock lock,
      GpuBackend gpu,
      Consumer<String> lines) {
    this.options = options;
    this.environment = environment;
    this.selection = selection;
    this.features = features;
    this.dispatch = dispatch;
    this.lock = lock;
    this.gpu = gpu;
    this.lines = lines;
    Device.Memory memory = gpu.device().memory();
    this.freeBytes = memory.freeBytes();
    this.totalBytes = memory.totalBytes();
    lines.accept(budget().line());
  }

  /**
   * Chooses a device, waits for it and opens it.
   *
   * @param lines receives each decision on one line
   * @throws InputException if a variable or the device index does not parse or fit
   * @throws dev.rocmforge.engine.gpu.lock.GpuLockException if another process keeps the device
   * @throws EnvironmentException without library, compiler, supported device or forced feature
   */
  public static GuardedBackend open(GuardOptions options, Consumer<String> lines) {
    GpuEnvironment environment = GpuEnvironment.of(options.variables());
    HipSettings settings = HipSettings.of(options.variables());
    DeviceSelection selection;
    String device;
    try (HipRuntime runtime = HipRuntime.open(settings)) {
      selection = DeviceSelection.of(runtime.devices(), options.deviceIndex());
      device = runtime.kind().label() + "-" + selection.device().pciAddress();
    }
    lines.accept(selection.line());
    DeviceFeatures features = DeviceFeatures.of(selection.device(), environment);
    KernelDispatch kernels = KernelDispatch.of(features, settings.kind(), environment);
    lines.accept(kernels.line());
    GpuOptions chosen =
        Dispatch.options(selection.device().index(), features, kernels, environment);
    GpuLock lock = GpuLock.acquire(device, environment.lockTimeoutSeconds(), options.variables());
    try {
      GpuBackend gpu = GpuBackend.open(settings, chosen, lines);
      try {
        return new GuardedBackend(
            options, environment, selection, features, kernels, lock, gpu, lines);
      } catch (RuntimeException | Error e) {
        gpu.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return gpu.name();
  }

  /** The device and why it was taken. */
  public DeviceSelection selection() {
    return selection;
  }

  /** What the device can do, after the overrides. */
  public DeviceFeatures features() {
    return features;
  }

  /** Which kernels run, and why. */
  public KernelDispatch dispatch() {
    return dispatch;
  }

  /**
   * What was chosen and why, by name, for records.
   *
   * @param session one of this backend, which tells how its decode steps ran
   */
  public SortedMap<String, String> facts(Session session) {
    SortedMap<String, String> facts = dispatch.facts();
    if (!gpu.launchShapes().isEmpty()) {
      facts.put("launch shapes", gpu.launchShapes());
    }
    facts.put("wave", features.wave().value() + " (" + features.wave().detail() + ")");
    if (session instanceof GpuSession own) {
      own.expertTraffic().ifPresent(traffic -> facts.put("experts", traffic.words()));
    }
    if (environment.decodeGraph().forbidden()) {
      facts.put("decode graph", "off (" + environment.decodeGraph().because() + ")");
    } else if (session instanceof GpuSession own && own.graphHealth().used()) {
      facts.put(
          "decode graph",
          "%s (%s)".formatted(own.graphHealth().words(), environment.decodeGraph().because()));
    }
    return facts;
  }

  /** The variables as they were read. */
  public GpuEnvironment environment() {
    return environment;
  }

  /** The backend on the device. */
  public GpuBackend gpu() {
    return gpu;
  }

  /** Decompositions on the device, within the memory that inference may take. */
  public SubspaceIteration decompositions() {
    return gpu.decompositions(budget().availableBytes());
  }

  /** The router's last decision; empty before the first session. */
  public Optional<Route> route() {
    return route;
  }

  /** Whether the last session runs on the CPU. */
  public boolean fellBack() {
    return route.map(r -> r.path() instanceof InferencePath.CpuFallback).orElse(false);
  }

  /** What inference may take, from the memory that was free when the device was opened. */
  VramBudget budget() {
    return new VramBudget(
        selection.device().index(), totalBytes, freeBytes, environment.desktopReserveBytes());
  }

  /**
   * The route that a session would take; nothing is opened or allocated.
   *
   * @throws EnvironmentException if it is the CPU and nothing may fall back
   */
  public Route plan(Model model, SessionOptions session) {
    Route planned = decide(model, session, CpuSession.capacity(model, session), line -> {}).route();
    if (planned.path() instanceof InferencePath.CpuFallback(String reason)) {
      allowed(reason);
    }
    return planned;
  }

  /** As {@link #open(Model, SessionOptions, int, Probe)}, for prompts that fill the context. */
  @Override
  public Session open(Model model, SessionOptions session, Probe probe) {
    return open(model, session, CpuSession.capacity(model, session), probe);
  }

  /**
   * Routes, and opens a session on the path that was chosen.
   *
   * @param promptTokens of the prompt that is to come, at least 1
   * @throws EnvironmentException if the path is the CPU and nothing may fall back
   */
  public synchronized Session open(
      Model model, SessionOptions session, int promptTokens, Probe probe) {
    Decision decision = decide(model, session, promptTokens, lines);
    Route chosen = decision.route();
    route = Optional.of(chosen);
    chosen.lines().forEach(lines);
    return chosen.path() instanceof InferencePath.CpuFallback(String reason)
        ? fallBack(model, session, probe, reason)
        : gpu.open(model, fitted(session, chosen.path()), probe, decision.experts());
  }

  private record Decision(Route route, ExpertPaging experts) {}

  /** The path by the rules; then, if its memory does not fit, the path by that. */
  private Decision decide(
      Model model, SessionOptions session, int promptTokens, Consumer<String> table) {
    List<String> obstacles = new ArrayList<>(GpuBackend.unsupported(model).stream().toList());
    ModelProfile profile = ModelProfile.of(model);
    if ((profile.sparse() || profile.mpo()) && !environment.experimentalKernels()) {
      obstacles.add(
          "sparse and MPO kernels are experimental: %s=1 needed"
              .formatted(GpuEnvironment.ENABLE_EXPERIMENTAL_KERNELS));
    }
    Route chosen = route(model, session, promptTokens, obstacles);
    if (!obstacles.isEmpty()) {
      return new Decision(chosen, ExpertPaging.RESIDENT);
    }
    SessionOptions fitted = fitted(session, chosen.path());
    ExpertPaging experts = experts(model, fitted, table);
    VramPlan plan = plan(model, fitted, experts.memory());
    budget().table(plan).forEach(table);
    return new Decision(
        budget()
            .obstacle(plan)
            .map(obstacle -> route(model, session, promptTokens, List.of(obstacle)))
            .orElse(chosen),
        experts);
  }

  private VramPlan plan(Model model, SessionOptions fitted, ExpertMemory experts) {
    return PlannedMemory.of(
        GpuMemoryPlan.of(model, fitted, experts), gpu.runtime().ledger().bytesByPurpose());
  }

  /** What was asked for experts; unasked, as many as there is room for if they do not all fit. */
  private ExpertPaging experts(Model model, SessionOptions fitted, Consumer<String> line) {
    ExpertPaging asked = environment.experts();
    ExpertMemory memory = asked.memory();
    String because = GpuEnvironment.EXPERT_VRAM;
    if (memory.equals(new ExpertMemory.Auto())
        && GpuMemoryPlan.leastExpertBytes(model) > 0
        && environment.decodeGraph().state() != Toggle.State.ON
        && !budget().fits(plan(model, fitted, new ExpertMemory.All()))) {
      long least = GpuMemoryPlan.leastExpertBytes(model);
      var smallest = new ExpertMemory.Bytes(least);
      long spare = budget().availableBytes() - plan(model, fitted, smallest).totalBytes();
      if (spare >= 0) {
        memory = new ExpertMemory.Bytes(least + spare);
        because = "all of them do not fit";
      }
    }
    if (memory.pages()) {
      line.accept(
          "[Experts] Paged: %s (%s); decoding runs without a graph"
              .formatted(GpuMemoryPlan.expertWords(model, memory), because));
    }
    return asked.withMemory(memory);
  }

  /** Tokens of a pass as the path has them. */
  private static SessionOptions fitted(SessionOptions session, InferencePath path) {
    return switch (path) {
      case InferencePath.BatchedPrefill batched -> session.withBatchSize(batched.maxSequence());
      case InferencePath.DecodeStyle _, InferencePath.SvdOptimized _ -> session.withBatchSize(1);
      case InferencePath.CpuFallback _ -> session;
    };
  }

  private Route route(
      Model model, SessionOptions session, int promptTokens, List<String> obstacles) {
    return Router.route(
        new Router.Request(
            options.router(),
            ModelProfile.of(model),
            promptTokens,
            session.batchSize(),
            environment.experimentalKernels(),
            obstacles));
  }

  private Session fallBack(Model model, SessionOptions session, Probe probe, String reason) {
    allowed(reason);
    lines.accept("Falling back to the CPU: " + reason);
    if (cpu == null) {
      cpu = new VectorBackend(Runtime.getRuntime().availableProcessors());
    }
    return cpu.open(model, session, probe);
  }

  private void allowed(String reason) {
    if (!options.fallback()) {
      throw new EnvironmentException(
          "the GPU cannot run this model and nothing falls back without --allow-fallback: "
              + reason);
    }
  }

  @Override
  public void close() {
    try {
      if (cpu != null) {
        cpu.close();
      }
    } finally {
      try {
        gpu.close();
      } finally {
        lock.close();
      }
    }
  }
}
