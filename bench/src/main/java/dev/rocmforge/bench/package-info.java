/** Root of the bench module. */
package dev.rocmforge.bench;
