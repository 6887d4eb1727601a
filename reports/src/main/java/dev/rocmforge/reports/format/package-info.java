/**
 * Outputs made from records: the HTML page, Markdown, JSON and JUnit XML. Every one is a pure
 * function of its records and the same whatever the locale, the clock or the fonts of the machine.
 * Texts of records are foreign and always escaped.
 */
package dev.rocmforge.reports.format;
