/**
 * The machine that measures: what it is, what its memory can do, how busy it is, and whether times
 * taken on it can be trusted. Returns facts and a word for records; prints nothing.
 */
package dev.rocmforge.validation.machine;
