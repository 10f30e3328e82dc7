/** How many events of a subscription are kept. */
export const MOST_EVENTS = 100;

/**
 * What the last answer cost and the events of the last subscription, newest first, for `useSyncExternalStore`. `tab` is
 * the id of the tab that is open when a subscription starts; set by whoever knows it.
 */
export function createReports() {
  const listeners = new Set();
  let state = { cost: null, events: [], owner: null, count: 0 };
  const change = (part) => {
    state = { ...state, ...part };
    listeners.forEach((it) => it());
  };
  return {
    tab: null,
    current: () => state,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answered: (cost) => change({ cost }),
    subscribed() {
      change({ events: [], owner: this.tab, count: 0, cost: null });
    },
    event(value) {
      const event = { key: state.count, at: new Date(), value };
      change({ events: [event, ...state.events].slice(0, MOST_EVENTS), count: state.count + 1 });
    },
    clear: () => change({ events: [] }),
  };
}
