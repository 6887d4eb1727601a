/**
 * The rules of the house as tests: which code may see which, how large a class may be, what a
 * package must say of itself, what the documented system promises and where it is kept.
 *
 * <p>They live in the bench module because it is the only one that sees all others. Every rule is
 * also shown to fail on a planted violation.
 */
package dev.rocmforge.house;
