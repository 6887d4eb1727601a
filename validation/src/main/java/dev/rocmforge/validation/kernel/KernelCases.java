package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.quant.QuantType;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The one list of kernel cases: operation x type x shape x constants x inputs. Tests, the command
 * line and benchmarks of kernels enumerate it.
 */
public final class KernelCases {
  /** The weight types that have kernels. */
  static final List<QuantType> TYPES =
      Arrays.stream(QuantType.values()).filter(Weights::onDevice).toList();

  /** The type that stands for the others where a tier cannot have them all. */
  private static final QuantType STANDARD = QuantType.Q4_0;

  private static final int SEEDS = 997;

  /** Seeds of the list itself lie below this. */
  private static final long RUN = 1000;

  private final Tier tier;
  private final int wave;
  private final boolean usualWave;
  private final long run;
  private final Set<KernelCase> cases = new LinkedHashSet<>();

  private KernelCases(Tier tier, int wave, boolean usualWave, long run) {
    this.tier = tier;
    this.wave = wave;
    this.usualWave = usualWave;
    this.run = run * RUN;
  }

  /**
   * The cases of a tier.
   *
   * @param waves what the device can run, its usual one first: the smoke tier uses that one, the
   *     quick tier also the other with every operation of one type, the full tier both for all
   */
  public static List<KernelCase> of(Tier tier, List<Integer> waves) {
    return of(tier, waves, 0);
  }

  /**
   * The same list with other seeds.
   *
   * @param run 0 for the list's own seeds
   */
  public static List<KernelCase> of(Tier tier, List<Integer> waves, long run) {
    // The tier before comes first, so that what is wrong shows early.
    Set<KernelCase> all =
        tier == Tier.FULL ? new LinkedHashSet<>(of(Tier.QUICK, waves, run)) : new LinkedHashSet<>();
    for (int wave : tier == Tier.SMOKE ? List.of(waves.getFirst()) : waves) {
      KernelCases list = new KernelCases(tier, wave, wave == waves.getFirst(), run);
      list.rows();
      list.cache();
      list.choices();
      list.compressed();
      list.decomposition();
      list.factors();
      list.attention();
      list.coded();
      TYPES.stream().filter(list::wants).forEach(list::type);
      if (tier == Tier.FULL) {
        TYPES.forEach(list::real);
      }
      all.addAll(list.cases);
    }
    return List.copyOf(all);
  }

  private boolean wants(QuantType type) {
    return switch (tier) {
      case SMOKE -> type == STANDARD || type == QuantType.Q4_K;
      case QUICK -> usualWave || type == STANDARD;
      case FULL -> true;
    };
  }

  private boolean atLeast(Tier least) {
    return tier.compareTo(least) >= 0;
  }

  /** Sizes and constants as {@code "rows=67,RF_ROWS=4"}. */
  private void add(String path, String numbers, InputClass... classes) {
    Map<String, Integer> all = new TreeMap<>();
    for (String number : numbers.split(",", -1)) {
      String[] sides = number.split("=", -1);
      all.put(sides[0], Integer.parseInt(sides[1]));
    }
    Set<InputClass> wanted = new LinkedHashSet<>(List.of(classes));
    if (wanted.isEmpty()) {
      wanted.add(InputClass.NORMAL);
    }
    for (InputClass inputs : wanted) {
      // From the case itself, so that it stays when the list around it changes.
      int mixed = (path + all + inputs).hashCode();
      cases.add(new KernelCase(path, all, wave, inputs, 1 + Math.floorMod(mixed, SEEDS) + run));
    }
  }

  private InputClass[] allClasses(InputClass... quick) {
    return atLeast(Tier.FULL) ? InputClass.values() : quick;
  }

  private void rows() {
    InputClass[] classes =
        allClasses(InputClass.NORMAL, InputClass.ZEROS, InputClass.DENORMALS, InputClass.OUTLIER);
    for (int columns : new int[] {1, wave - 1, wave + 1, 37, 255, 257, 896}) {
      add("ops/rms_norm", "columns=" + columns + ",tokens=3", classes);
      add("ops/softmax", "columns=" + columns + ",tokens=3", classes);
      add("ops/swiglu", "columns=" + columns + ",tokens=3", classes);
      add("ops/add", "columns=" + columns + ",tokens=3,shared=" + columns % 2, classes);
    }
    add("ops/rms_norm", "columns=64,tokens=2,groups=5");
    add("ops/rms_norm", "columns=4099,tokens=1");
    add("ops/softmax", "columns=4099,tokens=1");
    for (int columns : new int[] {32, 96, 992, 1056, 3584}) {
      for (String operation : List.of("quantize_q8", "rms_norm_q8", "swiglu_q8")) {
        add("ops/" + operation, "columns=" + columns + ",tokens=2", classes);
      }
    }
    add("ops/quantize_q8", "columns=96,tokens=2", InputClass.EXTREMES, InputClass.ONE_HOT);
    add("ops/quantize_q8", "columns=96,tokens=2,ties=1");
    add("ops/quantize_q8", "columns=96,tokens=2,tiny=1");
    for (String operation :
        List.of("rms_norm", "softmax", "quantize_q8", "rms_norm_q8", "swiglu_q8")) {
      add("ops/" + operation, "columns=1056,tokens=3,nan=1");
    }
  }

  private void cache() {
    List<String> shapes =
        List.of(
            "head_size=64,heads=14,kv_heads=2,rotary=64,tokens=1,position=0",
            "head_size=40,heads=3,kv_heads=3,rotary=24,tokens=4,position=5",
            "head_size=2,heads=1,kv_heads=1,rotary=2,tokens=1,position=3",
            "head_size=128,heads=5,kv_heads=1,rotary=128,tokens=3,position=9");
    for (String shape : shapes) {
      for (int pairing = 0; pairing < 2; pairing++) {
        add("ops/rope", shape + ",pairing=" + pairing);
        for (int half = 0; half < 2; half++) {
          String numbers = shape + ",RF_KV_F16=" + half + ",pairing=" + pairing;
          add("ops/rope_kv_write", numbers);
          if (pairing == 0) {
            add("ops/kv_write", numbers, InputClass.NORMAL, InputClass.EXTREMES);
          }
        }
      }
    }
  }

  private void choices() {
    int[][] shapes = {{1, 1}, {wave + 1, 1}, {1000, 7}, {5000, 64}, {5, 64}, {151936, 160}};
    for (int[] shape : shapes) {
      for (int nan = 0; nan < 2; nan++) {
        String numbers = "columns=%d,blocks=%d,nan=%d".formatted(shape[0], shape[1], nan);
        add("ops/argmax", numbers, InputClass.NORMAL, InputClass.ZEROS, InputClass.SIGNS);
      }
    }
    for (String shape :
        List.of(
            "experts=1,used=1",
            "experts=8,used=2",
            "experts=60,used=4",
            "experts=128,used=8",
            "experts=130,used=130")) {
      for (int normalize = 0; normalize < 2; normalize++) {
        add("ops/moe_route", shape + ",tokens=3,normalize=" + normalize);
        add("ops/moe_route", shape + ",tokens=3,nan=1,normalize=" + normalize);
      }
    }
    for (int columns : new int[] {1, 255, 257}) {
      add("ops/moe_combine", "columns=" + columns + ",tokens=3,used=4");
      add("ops/moe_add_shared", "columns=" + columns + ",tokens=3");
    }
    for (int tokens : new int[] {1, 3, 7}) {
      add("ops/mamba_conv", "channels=70,width=4,tokens=" + tokens);
      add("ops/mamba_scan", "channels=70,states=16,tokens=" + tokens);
    }
    add("ops/mamba_conv", "channels=1,width=2,tokens=5");
    add("ops/mamba_scan", "channels=64,states=1,tokens=5");
  }

  private void compressed() {
    InputClass[] classes =
        allClasses(InputClass.NORMAL, InputClass.ZEROS, InputClass.DENORMALS, InputClass.ONE_HOT);
    for (int columns : new int[] {1, 2, 64, 256, 2048}) {
      add(
          "ops/fwht",
          "columns=" + columns + ",tokens=3,place=" + (columns == 256 ? 1 : 0),
          classes);
    }
    for (int add = 0; add < 2; add++) {
      for (String shape :
          List.of("rows=70,columns=257", "rows=9,columns=1", "rows=1,columns=600")) {
        String numbers = shape + ",tokens=3,add=" + add + ",bias=" + (1 - add);
        add("ops/spmv_csr", numbers, classes);
      }
      for (String shape :
          List.of("rows=5,columns=300", "rows=130,columns=80", "rows=67,columns=3")) {
        String numbers = shape + ",tokens=3,add=" + add + ",bias=" + (1 - add);
        add("ops/low_rank", numbers, classes);
      }
    }
    add("ops/spmv_csr", "rows=33,columns=64,tokens=1,add=1,bias=1");
    add("ops/low_rank", "rows=33,columns=64,tokens=1,add=1,bias=1");
    add("ops/low_rank", "rows=5,columns=1500,tokens=2,RF_SHARE=8,RF_THREADS=512", classes);
    add("ops/low_rank", "rows=5,columns=90,tokens=2,add=1,bias=1,RF_SHARE=2,RF_THREADS=256");
  }

  /** Blocks with factors: only Q4_0 residuals have some. */
  private void factors() {
    InputClass[] classes = allClasses(InputClass.NORMAL, InputClass.ONE_HOT, InputClass.ZEROS);
    String path = "q4_0/gemv_low_rank";
    add(path, "rows=9,columns=64,tokens=3,rank=5", classes);
    add(path, "rows=9,columns=" + (wave + 1) * 32 + ",tokens=2,rank=" + (wave + 1), classes);
    add(path, "rows=1,columns=32,tokens=1,rank=1,extras=0");
    String shared = "rows=21,columns=1056,tokens=2,rank=40,RF_THREADS=256,RF_SHARE=4,RF_ROWS=2";
    add(path, shared);
    add(path, shared + ",RF_COLUMNS=1056,extras=0");
  }

  private void decomposition() {
    InputClass[] classes =
        atLeast(Tier.FULL)
            ? new InputClass[] {
              InputClass.NORMAL,
              InputClass.ZEROS,
              InputClass.SIGNS,
              InputClass.ONE_HOT,
              InputClass.OUTLIER
            }
            : new InputClass[] {InputClass.NORMAL, InputClass.ZEROS, InputClass.ONE_HOT};
    for (String shape :
        List.of(
            "rows=1,columns=40", "rows=2,columns=1", "rows=8,columns=257", "rows=301,columns=31")) {
      add("ops/take_away", shape, classes);
      add("ops/unit_length", shape, classes);
    }
    add("ops/unit_length", "rows=6,columns=4099");
    add("ops/unit_length", "rows=10,columns=70,spent=1", classes);
    add("ops/unit_length", "rows=301,columns=70,spent=1");
  }

  private void attention() {
    List<String> heads =
        atLeast(Tier.QUICK)
            ? List.of(
                "RF_HEAD_SIZE=64,RF_KV_F16=0,heads=14,kv_heads=2",
                "RF_HEAD_SIZE=128,RF_KV_F16=1,heads=7,kv_heads=1",
                "RF_HEAD_SIZE=40,RF_KV_F16=0,heads=3,kv_heads=3",
                "RF_HEAD_SIZE=18,RF_KV_F16=1,heads=2,kv_heads=1",
                "RF_HEAD_SIZE=18,RF_KV_F16=1,heads=4,kv_heads=2",
                "RF_HEAD_SIZE=256,RF_KV_F16=0,heads=18,kv_heads=2")
            : List.of("RF_HEAD_SIZE=64,RF_KV_F16=0,heads=14,kv_heads=2");
    String[] lengths = {
      "tokens=1,position=0",
      "tokens=1,position=70",
      "tokens=17,position=0",
      "tokens=5,position=31",
      "tokens=1,position=300"
    };
    for (String shape : heads) {
      for (String length : lengths) {
        String numbers = shape + "," + length;
        add("ops/attention_prefill", numbers, InputClass.NORMAL, InputClass.ONE_HOT);
        for (int splits : new int[] {1, 3, 16}) {
          add("ops/attention_decode", numbers + ",splits=" + splits);
        }
      }
      String deep = shape + ",tokens=1,position=1100";
      add("ops/attention_prefill", deep);
      add("ops/attention_decode", deep + ",splits=4");
      add("ops/attention_decode", deep + ",splits=14,RF_ROWS=1,RF_SHARE=8,RF_THREADS=512");
      if (shape.contains("=64") || shape.contains("=128") || shape.contains("=256")) {
        add("ops/attention_decode", shape + ",tokens=2,position=131,splits=5,bytes=1");
      }
    }
  }

  /** Caches of codes: storing, attention over them, turning back. */
  private void coded() {
    InputClass[] classes =
        allClasses(InputClass.NORMAL, InputClass.ZEROS, InputClass.DENORMALS, InputClass.OUTLIER);
    InputClass[] finite =
        Arrays.stream(classes).filter(c -> c != InputClass.EXTREMES).toArray(InputClass[]::new);
    String[] types = {
      "RF_KEYS=4,RF_VALUES=4",
      "RF_KEYS=3,RF_VALUES=2",
      "RF_KEYS=2,RF_VALUES=3",
      "RF_KEYS=8,RF_VALUES=8",
      "RF_KEYS=4,RF_VALUES=1",
      "RF_KEYS=0,RF_VALUES=4"
    };
    String[] heads = {
      "RF_HEAD_SIZE=64,heads=4,kv_heads=2", "RF_HEAD_SIZE=80,heads=3,kv_heads=1",
      "RF_HEAD_SIZE=18,heads=2,kv_heads=2", "RF_HEAD_SIZE=128,heads=7,kv_heads=1"
    };
    for (String type : types) {
      for (int i = 0; i < (atLeast(Tier.QUICK) ? heads.length : 2); i++) {
        String shape = heads[i] + "," + type;
        String rotary = ",rotary=" + (i == 1 ? 40 : i == 2 ? 18 : 64) + ",pairing=" + i % 2;
        add("ops/rope_kv_store", shape + rotary + ",tokens=3,position=5", finite);
        add("ops/attention_prefill", shape + ",tokens=5,position=31");
        add("ops/attention_decode", shape + ",tokens=1,position=70,splits=3");
        add("ops/attention_decode", shape + ",tokens=2,position=300,splits=4");
      }
    }
    for (int size : new int[] {2, 18, 40, 64, 80, 127, 128, 256}) {
      add("ops/turn_back", "RF_HEAD_SIZE=" + size + ",heads=3,tokens=2", classes);
    }
    add("ops/turn_back", "RF_HEAD_SIZE=64,heads=3,tokens=2,bytes=1", finite);
    add("ops/turn_back", "RF_HEAD_SIZE=96,heads=2,tokens=3,bytes=1");
  }

  private void type(QuantType type) {
    String folder = KernelCase.folder(type) + "/";
    boolean whole = type.blockSize() == 1;
    boolean many = atLeast(Tier.QUICK) || type == STANDARD;
    // A wave of units and one more; and for types without blocks columns that end inside a unit.
    int large = type.blockSize() == 256 ? (wave + 8) * 32 : (wave + 1) * 32;
    int small = Math.max(32, type.blockSize());
    int[] columns = whole ? new int[] {1, 37, small, large + 5} : new int[] {small, large};
    InputClass[] classes =
        allClasses(InputClass.NORMAL, InputClass.ONE_HOT, InputClass.EXTREMES, InputClass.ZEROS);
    for (int width : columns) {
      add(folder + "embed", "rows=5,columns=" + width + ",tokens=3", classes);
      add(folder + "gemv", "rows=1,columns=" + width + ",tokens=1,extras=0");
      add(folder + "gemv", "rows=9,columns=" + width + ",tokens=3", classes);
      if (!whole) {
        add(folder + "gemv_q8", "rows=1,columns=" + width + ",tokens=1,extras=0");
        add(folder + "gemv_q8", "rows=9,columns=" + width + ",tokens=3", classes);
      }
    }
    if (many) {
      joined(folder, type, small, whole);
      products(folder, columns, whole);
    }
    if (atLeast(Tier.FULL)) {
      constants(folder, large, whole);
    }
  }

  private void products(String folder, int[] columns, boolean whole) {
    InputClass[] classes = allClasses(InputClass.NORMAL, InputClass.ONE_HOT);
    for (int width : columns) {
      add(folder + "gemm", "rows=65,columns=" + width + ",tokens=3", classes);
      add(folder + "gemm", "rows=5,columns=" + width + ",tokens=65", classes);
      add(folder + "gate_up", "rows=13,columns=" + width + ",tokens=2", classes);
      if (!whole) {
        add(folder + "gemv_q8_tokens", "rows=7,columns=" + width + ",tokens=5", classes);
        add(folder + "gate_up_q8", "rows=64,columns=" + width + ",tokens=2", classes);
      }
    }
    if (!whole) {
      // Several blocks share a unit of results, and the last one quantizes it.
      String shared = "rows=96,columns=" + columns[0] + ",tokens=2";
      add(folder + "gate_up_q8", shared + ",RF_THREADS=128,RF_ROWS=1");
      add(folder + "gate_up_q8", shared + ",RF_THREADS=128,RF_ROWS=2,RF_SHARE=2");
    }
    int width = columns[columns.length - 1];
    add(folder + "gemm_f16", "rows=5,columns=" + width + ",tokens=3");
    add(folder + "gemm_f16", "rows=129,columns=" + columns[0] + ",tokens=17", InputClass.ONE_HOT);
    add(folder + "gemm_f16", "rows=17,columns=" + columns[0] + ",tokens=129");
  }

  private void joined(String folder, QuantType type, int small, boolean whole) {
    int columns = type.blockSize() == 256 ? 512 : 288;
    String heads = "heads=5,kv_heads=2,head_size=24,tokens=2,position=3,RF_COLUMNS=" + columns;
    for (String name : whole ? List.of("qkv") : List.of("qkv", "qkv_q8")) {
      add(folder + name, heads + ",rotary=24,pairing=0,RF_KV_F16=0");
      add(folder + name, heads + ",rotary=16,pairing=1,RF_KV_F16=0", InputClass.OUTLIER);
    }
    String experts = "experts=3,used=2,tokens=2,rows=32,columns=" + small;
    for (String name : whole ? List.of("moe") : List.of("moe", "moe_q8")) {
      add(folder + name, experts + ",down=0");
      add(folder + name, experts + ",down=1");
      add(folder + name, experts + ",down=1,share=2");
    }
  }

  private void constants(String folder, int columns, boolean whole) {
    String shape = "rows=67,columns=" + columns + ",tokens=2";
    for (String constants :
        List.of("RF_ROWS=4", "RF_ROWS=2,RF_SHARE=2", "RF_SHARE=4,RF_THREADS=256")) {
      add(folder + "gemv", shape + "," + constants);
      add(folder + "gate_up", shape + "," + constants);
      if (!whole) {
        add(folder + "gemv_q8", shape + "," + constants);
        add(folder + "gemv_q8_tokens", shape + "," + constants);
      }
    }
    String heads = "heads=5,kv_heads=2,head_size=24,rotary=24,tokens=2,position=3";
    String joined = heads + ",pairing=0,RF_COLUMNS=" + (columns / 256 + 1) * 256;
    String experts = "experts=3,used=2,tokens=2,rows=96,columns=" + columns;
    for (String suffix : whole ? List.of("") : List.of("", "_q8")) {
      add(folder + "qkv" + suffix, joined + ",RF_KV_F16=1");
      add(folder + "qkv" + suffix, joined + ",RF_KV_F16=0,RF_ROWS=2,RF_SHARE=2");
      add(folder + "moe" + suffix, experts + ",down=1,RF_ROWS=2,RF_SHARE=2");
      add(folder + "moe" + suffix, experts + ",down=0,RF_ROWS=2,RF_SHARE=2");
    }
    if (!whole) {
      add(folder + "gate_up_q8", "rows=96,columns=" + columns + ",tokens=2,RF_ROWS=1,RF_SHARE=2");
      add(folder + "gemv_q8_tokens", "rows=9,columns=" + columns + ",tokens=7,RF_TOKENS=2");
    }
    add(folder + "gemv", shape + ",RF_COLUMNS=" + columns);
    if (folder.equals("f16/")) {
      add(folder + "gemv", shape + ",RF_DOT2=1");
    }
  }

  /** Rows and columns of Qwen2.5 0.5B (896 wide, no K types) and 7B (3584 wide). */
  private void real(QuantType type) {
    String folder = KernelCase.folder(type) + "/";
    boolean whole = type.blockSize() == 1;
    int[][] shapes =
        type.blockSize() == 256
            ? new int[][] {{512, 3584}, {3584, 18944}}
            : new int[][] {{896, 4864}, {4864, 896}, {512, 3584}};
    for (int[] shape : shapes) {
      String numbers = "rows=" + shape[0] + ",columns=" + shape[1];
      add(folder + "gemv", numbers + ",tokens=1");
      if (!whole) {
        add(folder + "gemv_q8", numbers + ",tokens=1");
      }
    }
    int width = type.blockSize() == 256 ? 3584 : 896;
    add(folder + "gemm", "rows=128,columns=" + width + ",tokens=64");
    add(folder + "gemm_f16", "rows=128,columns=" + width + ",tokens=128");
  }
}
