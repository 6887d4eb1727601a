package dev.rocmforge.bench.pareto;

import dev.rocmforge.bench.models.Sha256;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.convert.DenseSource;
import dev.rocmforge.engine.convert.EncodedTensor;
import dev.rocmforge.engine.convert.InputEnergy;
import dev.rocmforge.engine.convert.TensorForm;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.validation.model.KeptPredictions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Searches the forms of a model's tensors. Three rounds: the error that each form leaves in each
 * tensor's product, for inputs as a text has them; the divergence that one probing form of each
 * tensor alone brings, from which its other forms follow in proportion to their errors; and whole
 * models along the greedy path over all tensors, measured on other windows than the first two
 * rounds. The same model, text, plan and width of vectors give the same bits.
 */
public final class ParetoSearch {
  /** Bits a weight that a probing form has at least: less is beyond what stays in proportion. */
  private static final int PROBE_BITS = 4;

  /** Hears of every measurement when it is known. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param round what is done now
     * @param what the tensor or point
     * @param done of this round
     * @param total of this round
     */
    void measured(String round, String what, int done, int total);
  }

  private final Model model;
  private final ParetoPlan plan;
  private final Measurements measurements;
  private final Progress progress;
  private final List<GgufTensor> open;
  private final Variants variants;
  private final KeptPredictions calibration;
  private final KeptPredictions reference;
  private final List<ParetoPoint> points = new ArrayList<>();
  private GreedyPath path;

  /**
   * Runs the model over the text, nothing else yet.
   *
   * @param model in blocks throughout
   * @param tokens of the text
   * @throws InputException if the text is too short, or the model has compressed matrices
   */
  public ParetoSearch(
      Model model,
      Backend backend,
      int[] tokens,
      ParetoPlan plan,
      Measurements measurements,
      Progress progress) {
    this.model = model;
    this.plan = plan;
    this.measurements = measurements;
    this.progress = progress;
    TextWindows text = TextWindows.of(tokens, plan);
    model.file().entries().stream()
        .filter(entry -> model.file().compressed(entry.name()).isPresent())
        .findFirst()
        .ifPresent(
            entry -> {
              throw new InputException(
                  "%s: tensor %s: blocks of a type needed, %s found"
                      .formatted(model.file().path(), entry.name(), entry.encoding()));
            });
    open = model.file().tensors().stream().filter(TensorForm::open).toList();
    InputEnergy energy = new InputEnergy();
    SessionOptions options = SessionOptions.DEFAULT.withContextLength(plan.window());
    try (Session session = backend.open(model, options, energy)) {
      calibration = KeptPredictions.of(session, text.calibration());
    }
    try (Session session = backend.open(model, options)) {
      reference = KeptPredictions.of(session, text.measurement());
    }
    variants = new Variants(model, backend, energy, plan.window());
  }

  /** A tensor as a point has it, to write one. */
  public EncodedTensor encode(GgufTensor tensor, ParetoPoint point) {
    return variants.encode(tensor, point.choice());
  }

  /**
   * Times decoding with a point; the only thing here that a clock decides.
   *
   * @param steps how many
   */
  public DecodeSpeed speed(ParetoPoint point, int[] tokens, int steps) {
    return DecodeSpeed.of(variants, point, tokens, steps, plan.window());
  }

  /**
   * Measures the frontier: the source, every form by itself on all tensors, and the path.
   *
   * @param bytes a size that is to be among the points
   * @return all points
   */
  public ParetoFrontier frontier(Optional<Long> bytes) {
    List<TensorCosts> errors = errors();
    path = new GreedyPath(fixedBytes(), divergences(errors));
    points.add(new ParetoPoint("source", new TreeMap<>(), path.sourceBytes(), 0, 0));
    uniform();
    long low = path.bytesAt(plan.mostNats());
    List<Long> targets = new ArrayList<>();
    bytes.ifPresent(targets::add);
    uniformQ4().ifPresent(point -> targets.add(point.bytes()));
    for (int i = 1; i <= plan.points(); i++) {
      targets.add(path.sourceBytes() - (path.sourceBytes() - low) * i / plan.points());
    }
    int done = 0;
    for (long target : targets) {
      searched(target, ++done, targets.size());
    }
    refine();
    return frontier();
  }

  private ParetoFrontier frontier() {
    return new ParetoFrontier(points, weights());
  }

  private Optional<ParetoPoint> uniformQ4() {
    return points.stream().filter(p -> p.origin().equals("uniform Q4_0")).findFirst();
  }

  /** Points between those farthest apart, until there are enough or no others on the path. */
  private void refine() {
    for (int i = 0; i < 2 * plan.points(); i++) {
      List<ParetoPoint> frontier = frontier().best();
      if (frontier.size() >= plan.points()) {
        return;
      }
      List<Integer> gaps = new ArrayList<>();
      for (int gap = 1; gap < frontier.size(); gap++) {
        gaps.add(gap);
      }
      gaps.sort(
          Comparator.comparingLong(
              gap -> frontier.get(gap).bytes() - frontier.get(gap - 1).bytes()));
      int found = i + 1;
      boolean grown =
          gaps.stream()
              .anyMatch(
                  gap ->
                      searched(
                          (frontier.get(gap).bytes() + frontier.get(gap - 1).bytes()) / 2,
                          found,
                          2 * plan.points()));
      if (!grown) {
        return;
      }
    }
  }

  /**
   * Looks for the smallest point of the path within a divergence, halving the bytes between the
   * last that is and the first that is not.
   *
   * @param nats more than 0
   */
  public ParetoFrontier narrow(double nats) {
    int most = 8;
    for (int i = 0; i < most; i++) {
      List<ParetoPoint> best = frontier().best();
      int over = 0;
      while (over < best.size() && best.get(over).nats() <= nats) {
        over++;
      }
      if (over == 0 || over == best.size()) {
        break;
      }
      long middle = (best.get(over).bytes() + best.get(over - 1).bytes()) / 2;
      if (!searched(middle, i + 1, most)) {
        break;
      }
    }
    return frontier();
  }

  /** Measures the point of the path at a size; false where it was there already. */
  private boolean searched(long bytes, int done, int total) {
    GreedyPath.Choice choice = path.within(bytes);
    return add("searched", choice.forms(), choice.bytes(), choice.loss(), done, total);
  }

  private boolean add(
      String origin,
      SortedMap<String, TensorForm> forms,
      long bytes,
      double predicted,
      int done,
      int total) {
    if (points.stream().anyMatch(p -> p.choice().equals(forms))) {
      return false;
    }
    double nats = measured("point " + hash(forms), () -> variants.divergence(forms, reference));
    points.add(new ParetoPoint(origin, forms, bytes, predicted, nats));
    progress.measured("points", "%s, %d bytes".formatted(origin, bytes), done, total);
    return true;
  }

  private double measured(String key, java.util.function.DoubleSupplier measure) {
    return measurements.get(key, () -> new double[] {measure.getAsDouble()})[0];
  }

  private static String hash(Map<String, TensorForm> forms) {
    StringBuilder text = new StringBuilder();
    forms.forEach((name, form) -> text.append(name + " " + form.word() + "\n"));
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private long weights() {
    return model.file().tensors().stream().mapToLong(GgufTensor::elements).sum();
  }

  private long fixedBytes() {
    return model.file().tensors().stream()
        .filter(tensor -> !open.contains(tensor))
        .mapToLong(tensor -> tensor.data().byteSize())
        .sum();
  }

  /** Every form on all tensors that can have it and that it makes smaller. */
  private void uniform() {
    int done = 0;
    for (TensorForm form : plan.forms()) {
      TreeMap<String, TensorForm> forms = new TreeMap<>();
      for (GgufTensor tensor : open) {
        if (smaller(form, tensor)) {
          forms.put(tensor.name(), form);
        }
      }
      done++;
      if (!forms.isEmpty()) {
        long kept =
            open.stream()
                .filter(tensor -> !forms.containsKey(tensor.name()))
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
        long bytes = forms.keySet().stream().mapToLong(name -> bytes(name, form)).sum();
        add(
            "uniform " + form.word(),
            forms,
            fixedBytes() + kept + bytes,
            0,
            done,
            plan.forms().size());
      }
    }
  }

  private long bytes(String tensor, TensorForm form) {
    return (long) measurements.find(errorKey(tensor, form)).orElseThrow()[0];
  }

  private static boolean smaller(TensorForm form, GgufTensor tensor) {
    return form.bytes(tensor).orElse(Long.MAX_VALUE) < tensor.data().byteSize();
  }

  private static String errorKey(String tensor, TensorForm form) {
    return "error " + tensor + " " + form.word();
  }

  /** First round. */
  private List<TensorCosts> errors() {
    int[] done = {0};
    return open.parallelStream()
        .map(
            tensor -> {
              TensorCosts costs = errors(tensor);
              synchronized (done) {
                progress.measured("errors", tensor.name(), ++done[0], open.size());
              }
              return costs;
            })
        .toList();
  }

  private TensorCosts errors(GgufTensor tensor) {
    List<TensorCosts.Cost> costs = new ArrayList<>();
    costs.add(new TensorCosts.Cost(new TensorForm.Kept(), tensor.data().byteSize(), 0));
    DenseSource[] source = new DenseSource[1];
    for (TensorForm form : plan.forms()) {
      if (smaller(form, tensor)) {
        double[] found =
            measurements.get(
                errorKey(tensor.name(), form),
                () -> {
                  if (source[0] == null) {
                    source[0] = DenseSource.of(tensor);
                  }
                  return error(source[0], form);
                });
        costs.add(new TensorCosts.Cost(form, (long) found[0], found[1]));
      }
    }
    return new TensorCosts(tensor.name(), costs);
  }

  private double[] error(DenseSource source, TensorForm form) {
    EncodedTensor encoded = variants.encode(source, form);
    double error = source.error(encoded.decoded().orElseThrow(), variants.energy(source.tensor()));
    return new double[] {encoded.bytes(), error};
  }

  /** Second round: errors become divergences. */
  private List<TensorCosts> divergences(List<TensorCosts> errors) {
    List<TensorCosts> result = new ArrayList<>();
    for (TensorCosts tensor : errors) {
      OptionalDouble share = sensitivity(tensor);
      result.add(
          new TensorCosts(
              tensor.name(),
              tensor.costs().stream()
                  .limit(share.isPresent() ? tensor.costs().size() : 1)
                  .map(c -> predicted(tensor.name(), c, share.orElse(0)))
                  .toList()));
      progress.measured("sensitivity", tensor.name(), result.size(), errors.size());
    }
    return result;
  }

  /** Rounding follows the error; what leaves out whole directions does not, and is measured. */
  private TensorCosts.Cost predicted(String tensor, TensorCosts.Cost cost, double share) {
    double nats =
        switch (cost.form()) {
          case TensorForm.Kept _, TensorForm.Blocks _, TensorForm.Rotated _ -> share * cost.loss();
          case TensorForm.SvdBlocks _,
              TensorForm.Sparse _,
              TensorForm.SvdSparse _,
              TensorForm.Factors _ ->
              alone(tensor, cost.form());
        };
    return new TensorCosts.Cost(cost.form(), cost.bytes(), nats);
  }

  /** Divergence of the model with one tensor in a form, over the calibration windows. */
  private double alone(String tensor, TensorForm form) {
    return Math.max(
        0,
        measured(
            "sensitivity " + tensor + " " + form.word(),
            () -> variants.divergence(Map.of(tensor, form), calibration)));
  }

  /** Nats for each unit of error; empty where no form is smaller. */
  private OptionalDouble sensitivity(TensorCosts tensor) {
    Optional<TensorCosts.Cost> probe = probe(tensor);
    if (probe.isEmpty()) {
      return OptionalDouble.empty();
    }
    TensorForm form = probe.get().form();
    double nats = alone(tensor.name(), form);
    double error = probe.get().loss();
    return OptionalDouble.of(error == 0 ? 0 : nats / error);
  }

  /** The smallest form of enough bits that loses something; where none is, the largest. */
  private Optional<TensorCosts.Cost> probe(TensorCosts tensor) {
    long weights = model.file().tensor(tensor.name()).orElseThrow().elements();
    List<TensorCosts.Cost> lossy =
        tensor.costs().stream()
            .skip(1)
            .filter(cost -> cost.loss() > 0)
            .sorted(Comparator.comparingLong(TensorCosts.Cost::bytes))
            .toList();
    Stream<TensorCosts.Cost> fine =
        lossy.stream().filter(cost -> 8.0 * cost.bytes() / weights >= PROBE_BITS);
    return fine.filter(cost -> cost.form() instanceof TensorForm.Blocks)
        .findFirst()
        .or(() -> lossy.isEmpty() ? Optional.empty() : Optional.of(lossy.getLast()));
  }
}
