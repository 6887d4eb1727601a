package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.compress.SubspaceIteration;
import dev.rocmforge.engine.cpu.CpuSession;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.gpu.feature.KernelDispatch;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.route.ExpertPaging;
import dev.rocmforge.engine.route.GpuEnvironment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs models on one device of a HIP runtime. Weights are uploaded when a model's first session
 * opens, shared by its sessions, and stay until another model needs the room or the backend is
 * closed. When a device call fails and no other session is open, everything on the device is freed;
 * the next session starts afresh. A fault that loses the device's context ends every session on it;
 * when the last one is closed, the device is reset.
 */
public final class GpuBackend implements Backend {
  private static final class Resident {
    final DeviceWeights weights;
    int sessions;

    Resident(DeviceWeights weights) {
      this.weights = weights;
    }
  }

  private final HipRuntime runtime;
  private final Device device;
  private final GpuOptions options;
  private final KernelDispatch dispatch;
  private final ShapeTuning tuning;
  private final Path root;
  private final Path cache;

  /** Weights differ by whether their experts are paged. */
  private record Holding(Model model, boolean paged) {}

  private final Map<Holding, Resident> residents = new HashMap<>();
  private KernelLibrary kernels;

  /** What lost the device's context; null while it is whole. */
  private HipException lost;

  private GpuBackend(
      HipRuntime runtime,
      HipSettings settings,
      GpuOptions options,
      Optional<LaunchShapes> given,
      Consumer<String> lines) {
    this.runtime = runtime;
    this.device = runtime.device(options.deviceIndex());
    this.options = options;
    this.dispatch = dispatch(runtime, device, wave());
    this.cache = settings.cache();
    this.root = root(settings);
    this.tuning =
        new ShapeTuning(
            device,
            wave(),
            dot2(),
            given.orElseGet(() -> LaunchShapes.of(root, device.properties().architecture())),
            store(),
            given.isEmpty() && options.tuning() != Choice.OFF,
            this::kernels,
            lines);
  }

  private static KernelDispatch dispatch(HipRuntime runtime, Device device, int wave) {
    GpuEnvironment nothing = GpuEnvironment.DEFAULT;
    var features = DeviceFeatures.of(device.properties().withWaveSize(wave), nothing);
    return KernelDispatch.of(features, runtime.kind(), nothing);
  }

  /** Shapes found on such a device with this runtime. */
  private TuningStore store() {
    List<String> name =
        List.of(
            runtime.kind().label(),
            Integer.toString(runtime.version()),
            runtime.compiler().version(),
            device.properties().name(),
            device.properties().architectureName(),
            "wave " + wave());
    return new TuningStore(cache.resolve("tuning"), name, wave());
  }

  private static Path root(HipSettings settings) {
    return settings
        .root()
        .orElseThrow(
            () ->
                new EnvironmentException(
                    "the folder with the kernels was not found: ROCMFORGE_ROOT names it"));
  }

  /**
   * Opens the runtime that the settings name, with the launch shapes measured for the device.
   *
   * @throws dev.rocmforge.engine.hip.HipUnavailableException without library, compiler or device
   */
  public static GpuBackend open(HipSettings settings, GpuOptions options) {
    return open(settings, options, line -> {});
  }

  /**
   * As {@link #open(HipSettings, GpuOptions)}.
   *
   * @param lines receives what the search for launch shapes finds
   */
  public static GpuBackend open(HipSettings settings, GpuOptions options, Consumer<String> lines) {
    return new GpuBackend(HipRuntime.open(settings), settings, options, Optional.empty(), lines);
  }

  /** As {@link #open(HipSettings, GpuOptions)} with other launch shapes. */
  public static GpuBackend open(HipSettings settings, GpuOptions options, LaunchShapes shapes) {
    return new GpuBackend(
        HipRuntime.open(settings), settings, options, Optional.of(shapes), _ -> {});
  }

  @Override
  public String name() {
    return "gpu";
  }

  public HipRuntime runtime() {
    return runtime;
  }

  public Device device() {
    return device;
  }

  public GpuOptions options() {
    return options;
  }

  /** Lanes of a wave that kernels are compiled for. */
  public int wave() {
    return options.wave() == 0 ? device.properties().waveSize() : options.wave();
  }

  /** Whether single-token products of quantized weights take signed bytes. */
  public boolean q8Activations() {
    return decided(options.q8Activations(), dispatch.q8Activations());
  }

  /** Whether products of the prefill run by matrix instructions, both sides rounded to f16. */
  public boolean matrix() {
    return decided(options.matrix(), dispatch.matrix());
  }

  /** Whether single-token products of F16 weights round their activations to f16 pairs. */
  public boolean dot2() {
    return decided(options.dot2(), dispatch.dot2());
  }

  private static boolean decided(Choice choice, KernelDispatch.Decision otherwise) {
    return switch (choice) {
      case ON -> true;
      case OFF -> false;
      case AUTO -> otherwise.on();
    };
  }

  /** Launch shapes that sessions asked for so far: each, and whether the table's or tuned. */
  public String launchShapes() {
    return tuning.shapes().words();
  }

  /** How many of them differ from the table's. */
  public long tunedShapes() {
    return tuning.shapes().tuned();
  }

  ShapeTuning tuning() {
    return tuning;
  }

  /** The first tensor that has no GPU kernels, as a reason; empty if the model can run. */
  public static Optional<String> unsupported(Model model) {
    return WeightPlan.unsupported(model);
  }

  @Override
  public GpuSession open(Model model, SessionOptions options) {
    return open(model, options, Probe.NONE);
  }

  /** As {@link #open(Model, SessionOptions, Probe, ExpertPaging)}, all experts on the device. */
  @Override
  public GpuSession open(Model model, SessionOptions sessionOptions, Probe probe) {
    return open(model, sessionOptions, probe, ExpertPaging.RESIDENT);
  }

  /**
   * Opens a session.
   *
   * @param paging with a share or bytes, experts are paged; AUTO is all of them
   * @throws dev.rocmforge.engine.InputException if there is a budget for experts and no mixture,
   *     too little of it, or a graph demanded beside it
   */
  public synchronized GpuSession open(
      Model model, SessionOptions sessionOptions, Probe probe, ExpertPaging paging) {
    refuseLost();
    int capacity = CpuSession.capacity(model, sessionOptions);
    GpuMemoryPlan plan = GpuMemoryPlan.of(model, sessionOptions, paging.memory());
    int batch = GpuMemoryPlan.batch(model, sessionOptions);
    Optional<ExpertPlan> experts =
        GpuMemoryPlan.experts(model, WeightPlan.of(model), paging.memory());
    refuseGraph(experts);
    var holding = new Holding(model, experts.isPresent());
    try {
      device.bind();
      Resident resident = resident(holding, plan);
      var setup =
          new DeviceRun.Setup(
              model,
              capacity,
              sessionOptions.kv(),
              probe,
              options.profile() ? Choice.OFF : options.graph(),
              options.profile(),
              q8Activations(),
              matrix(),
              dot2(),
              tuning.shapes(),
              batch,
              experts,
              paging.prefetch(),
              plan);
      var run = new DeviceRun(setup, device, resident.weights, kernels());
      if (options.tuning() == Choice.ON && tuning.open()) {
        // The first run has asked for all its shapes; it gives its memory back before they are
        // measured.
        run.close();
        tuning.tune();
        run = new DeviceRun(setup, device, resident.weights, kernels());
      }
      resident.sessions++;
      return new GpuSession(this, holding.paged(), model, capacity, batch, run);
    } catch (RuntimeException | Error e) {
      remember(e);
      releaseAfter(e);
      throw e;
    }
  }

  /** The kernels, as sessions get them. */
  public synchronized KernelLibrary kernelLibrary() {
    device.bind();
    return kernels();
  }

  /**
   * Decompositions on this device, by one thread at a time; for as long as the backend is open.
   *
   * @param availableBytes of device memory that one may take
   */
  public SubspaceIteration decompositions(long availableBytes) {
    return new DeviceIteration(device, kernelLibrary(), availableBytes);
  }

  private void refuseLost() {
    if (lost != null) {
      throw new EnvironmentException(
          "the device's context is lost, and sessions from before are still open: "
              + lost.getMessage(),
          lost);
    }
  }

  private void remember(Throwable cause) {
    if (cause instanceof HipException failure && failure.contextLost() && lost == null) {
      lost = failure;
    }
  }

  private KernelLibrary kernels() {
    if (kernels == null) {
      kernels = new KernelLibrary(device, wave(), root, cache);
    }
    return kernels;
  }

  /** Which experts a token needs, only the host can say in time to fetch them. */
  private void refuseGraph(Optional<ExpertPlan> experts) {
    if (experts.isPresent() && options.graph() == Choice.ON && !options.profile()) {
      throw new InputException(
          "decode graph: experts that are all on the device needed, a budget for paged ones given");
    }
  }

  private Resident resident(Holding holding, GpuMemoryPlan plan) {
    Resident resident = residents.get(holding);
    if (resident == null) {
      evictIdle();
      WeightPlan weights = WeightPlan.of(holding.model());
      resident =
          new Resident(DeviceWeights.upload(weights, holding.paged(), plan, device, kernels()));
      residents.put(holding, resident);
    }
    return resident;
  }

  /** Frees weights that no session uses. */
  private void evictIdle() {
    var closing = new Closing();
    residents
        .values()
        .removeIf(
            resident -> {
              if (resident.sessions == 0) {
                closing.add(resident.weights);
              }
              return resident.sessions == 0;
            });
    closing.run();
  }

  private boolean idle() {
    return residents.values().stream().allMatch(resident -> resident.sessions == 0);
  }

  /** Frees everything if no session is left to need it. */
  private void releaseAfter(Throwable cause) {
    if (!idle()) {
      return;
    }
    var closing = new Closing();
    closing.add(kernels);
    kernels = null;
    residents.values().forEach(resident -> closing.add(resident.weights));
    residents.clear();
    closing.runAfter(cause);
    if (lost != null) {
      try {
        device.reset();
        lost = null;
      } catch (HipException e) {
        cause.addSuppressed(e);
      }
    }
  }

  synchronized void closed(Model model, boolean paged, DeviceRun run) {
    residents.get(new Holding(model, paged)).sessions--;
    if (lost != null) {
      // The memory went with the context; what there is to say was said by the fault.
      var closing = new Closing();
      closing.add(run);
      closing.runAfter(lost);
      releaseAfter(lost);
      return;
    }
    device.bind();
    run.close();
  }

  synchronized void failed(Model model, boolean paged, DeviceRun run, HipException cause) {
    residents.get(new Holding(model, paged)).sessions--;
    remember(cause);
    var closing = new Closing();
    closing.add(run);
    closing.runAfter(cause);
    releaseAfter(cause);
  }

  @Override
  public synchronized void close() {
    if (!idle()) {
      throw new AssertionError("GPU backend closed before its sessions");
    }
    var closing = new Closing();
    closing.add(kernels);
    kernels = null;
    residents.values().forEach(resident -> closing.add(resident.weights));
    residents.clear();
    closing.run();
    runtime.close();
  }
}
