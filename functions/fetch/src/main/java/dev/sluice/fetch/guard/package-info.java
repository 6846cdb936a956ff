/// May we connect, and to which address: rules, the hosts file, DNS, and what both answer.
@NullMarked
package dev.sluice.fetch.guard;

import org.jspecify.annotations.NullMarked;
