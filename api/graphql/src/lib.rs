//! The GraphQL schema: the common parts (ids, scalars, connections, payloads, errors, limits), one folder of types,
//! inputs and resolvers for each domain, and the roots.
//!
//! **Conventions of the API**
//!
//! - Ids are TypeIDs (`cal_01h4…`), opaque and stable.
//! - Lists are Relay connections: `first` or `last` 1–100, default 20. Cursors are bound to list, filter and order.
//!   `totalCount` is counted only when selected. Nulls sort last, first when descending.
//! - An argument of a list names what the list is about, and is required; all that restricts a list stands in its
//!   `filter`. Conditions on ids and closed sets are lists in the plural (`tenants`, `states`): one of them must hold,
//!   an empty list matches nothing. `tenants` are the owners, `text` searches words, a range is named `between`,
//!   `include…: Boolean!` states its default.
//! - Values of an `…Order` are fields of the type, ascending, or with `_DESCENDING`; the argument is `orderBy`, its
//!   default `NAME` or `TITLE`.
//! - Mutations are named by object and verb (`calendarArchive`), take one `input` and return the object and
//!   `userErrors { code field message }`. The payload is that of the object (`CalendarPayload`), which it shows after
//!   the change, null where it is gone; a part without an id is shown by the object that it belongs to. Only what a
//!   mutation returns beyond its object (a secret, a report) makes a payload of its own. Codes are a closed enum;
//!   messages follow `Accept-Language` (German, English). Updates send `version`, which begins with 1; on
//!   `STALE_VERSION` the payload carries the current object. An update without a value changes nothing. All mutations
//!   but those of [`mutation_root::WITHOUT_KEY`] take an `idempotencyKey`. Tickets are described in [`tickets`].
//! - Inputs mirror outputs: the same name, and for values the same type with `…Input` ([`money::MoneyInput`]).
//! - Names: ids of other objects `…Id`, instants `…At` with the person `…By` beside them, days `…On`, ranges of days
//!   `…From` and `…Until` (validity) or `firstDay` and `lastDay`, of instants `start` and `end`.
//! - Top-level errors have `extensions.code` and `extensions.requestId`. A request that is not executed is 4xx without
//!   `data`.
//! - A list that is empty because the viewer lacks a permission in an authority of its own is named in
//!   `extensions.refused` of the answer ([`refused_lists`]).
//! - Input lists have at most 100 members, answers at most 20 errors, subscriptions one root field.
//! - A filter on a column that a level hides leaves out the rows visible at that level.
//! - A nullable field that can fail is `Option<Result<T, ApiError>>`, never `Result<Option<T>>`: an error must not
//!   null its parent. There are no guards.
//! - Lists load in advance what was selected of their children ([`lookahead`]), so that the number of statements does
//!   not depend on the number of rows.

pub mod access;
pub mod agreements;
pub mod audit;
pub mod calendars;
pub mod connection;
pub mod context;
pub mod datasets;
pub mod enums;
pub mod error;
pub mod feeds;
pub mod funding;
pub mod holidays;
mod inputs;
pub mod lookahead;
pub mod members;
pub mod meter;
pub mod money;
pub mod mutation_root;
pub mod node;
pub mod node_row;
pub mod offers;
pub mod patch;
pub mod payload;
pub mod places;
pub mod planning;
pub mod projects;
pub mod refused_lists;
pub mod scalars;
pub mod schema;
pub mod single;
pub mod tenants;
pub mod tickets;
pub mod user_error_code;
