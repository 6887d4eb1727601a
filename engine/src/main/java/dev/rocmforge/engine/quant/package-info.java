/**
 * The weight formats: {@link dev.rocmforge.engine.quant.QuantType} is the table, one class a format
 * draws the bytes and has the readable decode and the reference encode.
 */
package dev.rocmforge.engine.quant;
