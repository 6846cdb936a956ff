/// Decides whether to connect, and to which address: rules, the hosts file, DNS.
@NullMarked
package dev.sluice.fetch.guard;

import org.jspecify.annotations.NullMarked;
