/// The archive of one task's round: WARC 1.1, one gzip member a record, with a metadata record for
/// every outcome and one for what was left over.
@NullMarked
package dev.sluice.edge.archive;

import org.jspecify.annotations.NullMarked;
