/// AWS: queues and the store over their APIs, the handling of a batch, and the process that Lambda
/// starts: its settings, log lines, temporary folder and health.
@NullMarked
package dev.sluice.edge;

import org.jspecify.annotations.NullMarked;
