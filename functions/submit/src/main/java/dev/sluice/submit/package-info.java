/// Takes jobs, starts them, and answers questions about them.
@NullMarked
package dev.sluice.submit;

import org.jspecify.annotations.NullMarked;
