package dev.rocmforge.engine;

/**
 * A file, model, prompt or option is wrong: {@code model.gguf: tensor blk.3.ffn_up at 0x1f40: 4096
 * bytes needed, 4032 left}.
 */
public non-sealed class InputException extends EngineException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(message, null);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
