//! What a world consists of. Plain values, without rules.

/// An authority, by its place in [`World::zones`].
pub type Authority = usize;

/// A day, counted from the border day: 0 is the border day itself.
pub type Day = i64;

/// The border day as year, month, day: in summer, where the offsets of [`Zone`] hold.
pub const BORDER: (i32, u32, u32) = (2027, 6, 15);

/// Everything that access depends on, at one instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// The instant, in minutes since the border day began in UTC.
    pub minute: i64,
    /// Time zones of the authorities.
    pub zones: [Zone; 3],
    /// Who asks.
    pub caller: Caller,
    /// Roles of the caller.
    pub roles: Vec<Role>,
    /// Agreements.
    pub agreements: Vec<Agreement>,
    /// Shares under them.
    pub shares: Vec<Share>,
    /// Rows that may be visible.
    pub rows: Vec<Row>,
}

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    /// IANA name.
    pub name: &'static str,
    /// Hours east of UTC around the border day.
    pub hours: i64,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Without a token.
    Anonymous,
    /// With a valid token, but without an account.
    Unknown,
    /// With an account that may not act.
    Inactive,
    /// With an account.
    Active,
}

/// A role of the caller in an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Role {
    /// The authority.
    pub authority: Authority,
    /// The role.
    pub name: RoleName,
    /// Fields of work to which it is limited.
    pub fields: Fields,
    /// When it is held.
    pub days: Days,
}

/// A built-in role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum RoleName {
    Viewer,
    Planner,
    ProjectLead,
    DataSteward,
    Publisher,
    TenantAdmin,
    Auditor,
    Integrator,
}

/// A set of fields of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fields {
    /// Every field, and rows without one.
    All,
    /// These.
    Only(&'static [Field]),
}

/// A field of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Field {
    Counselling,
    Orientation,
}

/// A span of days, both ends included, open where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub until: Option<Day>,
}

/// An agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Agreement {
    /// Its state.
    pub state: State,
    /// Areas of cooperation that it covers.
    pub areas: &'static [Area],
    /// Fields of work that it covers.
    pub fields: Fields,
    /// The parties.
    pub parties: &'static [Authority],
    /// Its validity; the first day is always set.
    pub days: Days,
}

/// The state of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum State {
    Draft,
    Proposed,
    Active,
    Ended,
}

/// A share of rows with partners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// The agreement, by its place in [`World::agreements`].
    pub agreement: usize,
    /// One party only.
    pub grantee: Option<Authority>,
    /// Holders of this role only.
    pub role: Option<RoleName>,
    /// How much is shown.
    pub level: Level,
    /// When it is valid.
    pub days: Days,
}

/// How much of a row is shown, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Level {
    Busy,
    Summary,
    Full,
    Contribute,
}

/// A row of an authority. Its scope is its own; only public rows have the one public scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The owner.
    pub owner: Authority,
    /// What it is about.
    pub area: Area,
    /// Its field of work.
    pub field: Option<Field>,
    /// Whether everybody sees it.
    pub public: bool,
    /// Shares that include it, by their place in [`World::shares`].
    pub shares: &'static [usize],
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Area {
    Calendars,
    Projects,
    Datasets,
    Places,
    Members,
    Agreements,
    Audit,
}

/// What a caller wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Action {
    Read,
    Write,
    Share,
    Sign,
    Publish,
    Manage,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 6] = [Self::Read, Self::Write, Self::Share, Self::Sign, Self::Publish, Self::Manage];
}
