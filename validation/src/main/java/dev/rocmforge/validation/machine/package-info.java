/**
 * The machine that measures: what it is, what its memory can do, how busy it is. Returns facts for
 * records; judges nothing and prints nothing.
 */
package dev.rocmforge.validation.machine;
