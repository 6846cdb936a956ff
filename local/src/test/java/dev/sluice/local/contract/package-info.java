/// What an adapter and its twin both promise: each contract runs in memory, on the embedded servers
/// and on LocalStack.
@NullMarked
package dev.sluice.local.contract;

import org.jspecify.annotations.NullMarked;
