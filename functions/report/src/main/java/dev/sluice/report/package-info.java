/// Keeps the books of a job, alone, and writes its report.
@NullMarked
package dev.sluice.report;

import org.jspecify.annotations.NullMarked;
