/// Decides which host is asked, and when: politeness.
@NullMarked
package dev.sluice.fetch.plan;

import org.jspecify.annotations.NullMarked;
