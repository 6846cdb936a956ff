package dev.sluice.local.contract;

import dev.sluice.edge.memory.MemoryStore;
import dev.sluice.flow.ObjectStore;

class MemoryStoreTest extends ObjectStoreContract {
  private final MemoryStore store = new MemoryStore();

  @Override
  ObjectStore store() {
    return store;
  }
}
