package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.InputException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The operations by name, and how a case of each becomes a trial. */
final class KernelOperations {
  private static final Map<String, Function<KernelCase, Trial>> OF_A_TYPE = new LinkedHashMap<>();
  private static final Map<String, Function<KernelCase, Trial>> OPS = new LinkedHashMap<>();

  static {
    OF_A_TYPE.put("embed", MatrixTrials::embed);
    OF_A_TYPE.put("gemv", MatrixTrials::gemv);
    OF_A_TYPE.put("gemv_low_rank", LowRankTrials::gemv);
    OF_A_TYPE.put("gemv_q8", MatrixTrials::gemvQ8);
    OF_A_TYPE.put("gemv_q8_tokens", MatrixTrials::gemvQ8Tokens);
    OF_A_TYPE.put("gemm", MatrixTrials::gemm);
    OF_A_TYPE.put("gemm_f16", MatrixTrials::gemmF16);
    OF_A_TYPE.put("gate_up", GateTrials::floats);
    OF_A_TYPE.put("gate_up_q8", GateTrials::bytes);
    OF_A_TYPE.put("qkv", QkvTrials::floats);
    OF_A_TYPE.put("qkv_q8", QkvTrials::bytes);
    OF_A_TYPE.put("moe", ExpertTrials::floats);
    OF_A_TYPE.put("moe_q8", ExpertTrials::bytes);
    OPS.put("rms_norm", RowTrials::rmsNorm);
    OPS.put("rms_norm_q8", RowTrials::rmsNormQ8);
    OPS.put("quantize_q8", RowTrials::quantizeQ8);
    OPS.put("swiglu", RowTrials::swiglu);
    OPS.put("swiglu_q8", RowTrials::swigluQ8);
    OPS.put("add", RowTrials::add);
    OPS.put("softmax", RowTrials::softmax);
    OPS.put("rope", CacheTrials::rope);
    OPS.put("kv_write", CacheTrials::kvWrite);
    OPS.put("rope_kv_write", CacheTrials::ropeKvWrite);
    OPS.put("rope_kv_store", TurboTrials::store);
    OPS.put("turn_back", TurboTrials::turnBack);
    OPS.put("attention_prefill", AttentionTrials::prefill);
    OPS.put("attention_decode", AttentionTrials::decode);
    OPS.put("argmax", ChoiceTrials::argmax);
    OPS.put("moe_route", ChoiceTrials::route);
    OPS.put("moe_combine", ChoiceTrials::combine);
    OPS.put("moe_add_shared", ChoiceTrials::addShared);
    OPS.put("mamba_conv", MambaTrials::convolution);
    OPS.put("mamba_scan", MambaTrials::scan);
    OPS.put("fwht", CompressedTrials::fwht);
    OPS.put("spmv_csr", CompressedTrials::sparse);
    OPS.put("low_rank", CompressedTrials::thin);
    OPS.put("take_away", GramSchmidtTrials::takeAway);
    OPS.put("unit_length", GramSchmidtTrials::unitLength);
  }

  private KernelOperations() {}

  /**
   * The case made concrete; the same for the same id.
   *
   * @throws InputException for an operation or sizes there are not
   */
  static Trial trial(KernelCase one) {
    Map<String, Function<KernelCase, Trial>> all = one.type().isPresent() ? OF_A_TYPE : OPS;
    Function<KernelCase, Trial> make = all.get(one.operation());
    if (make == null) {
      throw new InputException(
          "case " + one.id() + ": no operation '" + one.operation() + "' among " + all.keySet());
    }
    return make.apply(one);
  }

  /** The operations that have a weight type, and those that have none. */
  static Set<String> names(boolean ofType) {
    return Set.copyOf((ofType ? OF_A_TYPE : OPS).keySet());
  }

  /** What a case needs compiled. */
  static Set<Trial.Code> codes(KernelCase one) {
    Set<Trial.Code> codes = new LinkedHashSet<>();
    trial(one).launches().forEach(launch -> codes.add(launch.code()));
    return codes;
  }
}
