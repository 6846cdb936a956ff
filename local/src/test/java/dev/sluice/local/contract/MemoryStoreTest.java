package dev.sluice.local.contract;

import dev.sluice.flow.ObjectStore;
import dev.sluice.memory.MemoryStore;

class MemoryStoreTest extends ObjectStoreContract {
  private final MemoryStore store = new MemoryStore();

  @Override
  ObjectStore store() {
    return store;
  }
}
