package dev.rocmforge.engine.route;

/**
 * A switch with three positions and who put it there. {@link State#UNSET} leaves the decision to
 * whoever reads it.
 *
 * @param state the position
 * @param because variable and value that decided, or {@code "unset"}; for messages and records
 */
public record Toggle(State state, String because) {
  /** Position of a switch. */
  public enum State {
    UNSET,
    ON,
    OFF
  }

  /** Nobody has decided. */
  public static final Toggle UNSET = new Toggle(State.UNSET, "unset");

  static Toggle of(boolean on, String because) {
    return new Toggle(on ? State.ON : State.OFF, because);
  }

  /** Whether it was switched on by name. */
  public boolean forced() {
    return state == State.ON;
  }

  /** Whether it was switched off by name. */
  public boolean forbidden() {
    return state == State.OFF;
  }

  /** The position, with {@code unset} standing for {@link State#UNSET}. */
  public boolean orElse(boolean unset) {
    return state == State.UNSET ? unset : state == State.ON;
  }
}
