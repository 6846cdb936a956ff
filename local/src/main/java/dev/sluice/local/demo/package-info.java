/// A web of its own for the demo: about 200 hosts that answer as hosts on the real web do.
@NullMarked
package dev.sluice.local.demo;

import org.jspecify.annotations.NullMarked;
