package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Stage;

/** What goes into each operation, by the names of GGUF: where to look when a value is bad. */
final class StageTensors {
  private StageTensors() {}

  /** The tensors that an operation reads, or what else it is made of. */
  static String of(Stage stage) {
    return switch (stage) {
      case EMBEDDING -> "token_embd";
      case ATTENTION_NORM -> "attn_norm";
      case QUERY -> "attn_q";
      case KEY -> "attn_k";
      case VALUE -> "attn_v";
      case QUERY_NORM -> "attn_q_norm";
      case KEY_NORM -> "attn_k_norm";
      case ROTATED_QUERY, ROTATED_KEY -> "rotation, rope_freqs";
      case ATTENTION -> "scores, softmax and values";
      case ATTENTION_OUTPUT -> "attn_output";
      case ATTENTION_RESIDUAL -> "attn_output where it is added in one launch, else the sum";
      case FEED_FORWARD_NORM -> "ffn_norm";
      case ROUTER -> "ffn_gate_inp";
      case GATE -> "ffn_gate";
      case UP -> "ffn_up";
      case ACTIVATION -> "silu(gate) * up; of experts in one launch with ffn_gate and ffn_up";
      case EXPERT_OUTPUT -> "ffn_down_exps";
      case SHARED_ROUTER -> "ffn_gate_inp_shexp";
      case FEED_FORWARD_OUTPUT -> "ffn_down";
      case SSM_INPUT -> "ssm_in";
      case SSM_CONVOLUTION -> "ssm_conv1d";
      case SSM_SELECTION -> "ssm_x";
      case SSM_TIME_STEP -> "ssm_dt";
      case SSM_SCAN -> "ssm_a, ssm_d, scan and gate";
      case SSM_OUTPUT -> "ssm_out";
      case BLOCK_OUTPUT -> "ffn_down or ssm_out where it is added in one launch, else the sum";
      case OUTPUT_NORM -> "output_norm";
      case LOGITS -> "output, or token_embd where tied";
    };
  }
}
