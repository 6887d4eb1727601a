/** Root of the validation module. */
package dev.rocmforge.validation;
