/// The functions in Lambda's own image, by SAM, against the embedded stack.
@NullMarked
package dev.sluice.local.sam;

import org.jspecify.annotations.NullMarked;
