/// Alone keeps the ledger of a job, and writes the job's report.
@NullMarked
package dev.sluice.report;

import org.jspecify.annotations.NullMarked;
