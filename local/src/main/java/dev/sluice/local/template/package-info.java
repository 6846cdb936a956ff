/// Reads `template.yaml`: what it says is what runs.
@NullMarked
package dev.sluice.local.template;

import org.jspecify.annotations.NullMarked;
