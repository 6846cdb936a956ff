/// Reads `template.yaml`, by which the stack runs.
@NullMarked
package dev.sluice.local.template;

import org.jspecify.annotations.NullMarked;
