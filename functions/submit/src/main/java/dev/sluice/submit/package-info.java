/// Takes jobs, starts them, answers for them.
@NullMarked
package dev.sluice.submit;

import org.jspecify.annotations.NullMarked;
