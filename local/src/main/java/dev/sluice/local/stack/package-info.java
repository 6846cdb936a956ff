/// The embedded stack: servers that speak SQS's and S3's protocols, over a folder.
@NullMarked
package dev.sluice.local.stack;

import org.jspecify.annotations.NullMarked;
