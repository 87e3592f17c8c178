// Commands that are not yet acknowledged, kept over a reload. One key per command, so that
// two tabs never overwrite each other; a command sent by both has one id and happens once.

import type { AnyCommand, CommandId, StreamId } from './generated';

export type Unsent = { id: CommandId; stream?: StreamId; command: AnyCommand; at: number };

export interface UnsentStore {
  /** In the order in which they were written. */
  load(): Unsent[];
  put(unsent: Unsent): void;
  remove(id: CommandId): void;
}

export class MemoryUnsent implements UnsentStore {
  private readonly kept = new Map<CommandId, Unsent>();
  load(): Unsent[] { return [...this.kept.values()].sort(byId); }
  put(unsent: Unsent): void { this.kept.set(unsent.id, unsent); }
  remove(id: CommandId): void { this.kept.delete(id); }
}

export class LocalUnsent implements UnsentStore {
  private readonly prefix: string;

  constructor(account: string, private readonly storage: Storage = localStorage) {
    this.prefix = `hub.unsent.${account}.`;
  }

  load(): Unsent[] {
    const found: Unsent[] = [];
    for (let i = 0; i < this.storage.length; i += 1) {
      const key = this.storage.key(i);
      if (!key?.startsWith(this.prefix)) continue;
      try {
        found.push(JSON.parse(this.storage.getItem(key) ?? '') as Unsent);
      } catch {
        // Written by something else: not a command, leave it.
      }
    }
    return found.sort(byId);
  }

  put(unsent: Unsent): void {
    try {
      this.storage.setItem(this.prefix + unsent.id, JSON.stringify(unsent));
    } catch {
      // Storage is full or forbidden: the command still lives as long as the page does.
    }
  }

  remove(id: CommandId): void { this.storage.removeItem(this.prefix + id); }
}

function byId(a: Unsent, b: Unsent): number { return a.id < b.id ? -1 : a.id > b.id ? 1 : 0; }
