/// The formats: archives (WARC), their index (CDXJ), rows, and the JSON of the messages; and the
/// audit of a job, which finds missing objects and rows. Sees `flow`; knows no AWS.
@NullMarked
package dev.sluice.archive;

import org.jspecify.annotations.NullMarked;
