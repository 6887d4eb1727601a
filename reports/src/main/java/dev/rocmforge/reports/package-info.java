/** Root of the reports module. */
package dev.rocmforge.reports;
