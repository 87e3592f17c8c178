// The bridge from observables to React.

import { useSyncExternalStore } from 'react';
import type { Observable } from '../wire/observable';

export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get);
}
