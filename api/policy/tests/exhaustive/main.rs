//! Decide, filter and explain against the rules written a second time, in every small world.
//!
//! Normally a spread sample of the worlds is checked. All of them, in slices, optimised:
//!
//! ```text
//! VERBUND_POLICY_WORLDS=all VERBUND_POLICY_SLICE=3/16 cargo test --release -p verbund-policy --test exhaustive -- --nocapture
//! ```

mod facts;

use std::time::Instant;

use entities::ShareLevel;
use policy_worlds::reference::{Answer, Question, Rule, Subject, Visibility, answer, permission, visibility};
use policy_worlds::{Action, Row, World, Worlds};
use uuid::Uuid;
use verbund_policy::{Access, AccessDecision, Explanation, Object, Permission};

use self::facts::{PERSON, UNKNOWN_SCOPE, because, field, level, policy_action, scope, scope_area, tenant};

/// Numbers of worlds per part that are checked normally.
const SAMPLE: u64 = 20_000;

#[test]
fn the_policy_agrees_with_the_reference_in_every_world() {
    let worlds = Worlds::default();
    let started = Instant::now();
    let mut tally = Tally::default();
    let slice = slice(&worlds);
    let numbers: Box<dyn Iterator<Item = u64>> = match slice.clone() {
        Some(numbers) => Box::new(numbers),
        None => Box::new(worlds.sample(SAMPLE)),
    };
    for number in numbers {
        check(&worlds, number, &mut tally);
    }
    report(&worlds, &tally, started);
    if slice.is_none() {
        tally.assert_varied();
    }
}

#[expect(clippy::print_stdout, reason = "how much was proved is what a run is made for")]
fn report(worlds: &Worlds, tally: &Tally, started: Instant) {
    for (name, numbers) in worlds.parts() {
        println!("{name}: {} worlds", numbers.end - numbers.start);
    }
    println!("{tally:?} of {} worlds in {:.1?}", worlds.total(), started.elapsed());
}

/// The slice that the environment asks for; none for the sample.
#[expect(clippy::disallowed_methods, reason = "a test is asked through the environment for more than its sample")]
fn slice(worlds: &Worlds) -> Option<std::ops::Range<u64>> {
    match std::env::var("VERBUND_POLICY_WORLDS").ok()?.as_str() {
        "all" => {}
        other => panic!("VERBUND_POLICY_WORLDS is all or nothing, not {other:?}"),
    }
    let slice = std::env::var("VERBUND_POLICY_SLICE").unwrap_or_else(|_| "1/1".to_owned());
    let (number, of) = slice.split_once('/').expect("VERBUND_POLICY_SLICE is like 3/16");
    let (number, of): (u64, u64) = (number.parse().expect("a number"), of.parse().expect("a number"));
    assert!((1..=of).contains(&number), "VERBUND_POLICY_SLICE is between 1/{of} and {of}/{of}");
    Some(worlds.slice(number, of))
}

/// What was met. A proof over worlds in which everything or nothing is visible would prove nothing.
#[derive(Debug, Default)]
struct Tally {
    worlds: u64,
    checks: u64,
    public: u64,
    by_own_role: u64,
    by_share: [u64; 4],
    hidden: u64,
    permitted: u64,
    denied: u64,
    impossible: u64,
    sign_in: u64,
}

impl Tally {
    fn count(&mut self, action: Action, answer: &Answer) {
        let counter = match answer {
            Answer::Allow(by) => match by.rules[0] {
                Rule::SharedWith { .. } => &mut self.by_share[by.level as usize],
                Rule::OwnRole { .. } if action == Action::Read => &mut self.by_own_role,
                Rule::OwnRole { .. } => &mut self.permitted,
                Rule::Public => &mut self.public,
            },
            Answer::Hide => &mut self.hidden,
            Answer::SignIn => &mut self.sign_in,
            Answer::Deny(Some(_)) => &mut self.denied,
            Answer::Deny(None) => &mut self.impossible,
        };
        *counter += 1;
    }

    fn assert_varied(&self) {
        let Self {
            worlds: _,
            checks: _,
            public,
            by_own_role,
            by_share,
            hidden,
            permitted,
            denied,
            impossible,
            sign_in,
        } = self;
        let least =
            [public, by_own_role, hidden, permitted, denied, impossible, sign_in].into_iter().chain(by_share).min();
        assert!(least.is_some_and(|it| *it > 300), "{self:?}");
    }
}

/// Asks the policy everything about one world.
fn check(worlds: &Worlds, number: u64, tally: &mut Tally) {
    let world = worlds.world(number);
    let case = Case { number, world: &world, access: facts::access(&world) };
    tally.worlds += 1;
    let visible: Vec<_> = world.rows.iter().map(|row| visibility(&world, row)).collect();
    case.filter(&visible, tally);
    for (at, row) in world.rows.iter().enumerate() {
        case.questions(row, Subject::Row(visible[at].as_ref()), Some(scope(at, row)), tally);
    }
    case.questions(&world.rows[1], Subject::NewRow, None, tally);
    case.questions(&world.rows[1], Subject::Row(None), Some(UNKNOWN_SCOPE), tally);
}

struct Case<'a> {
    number: u64,
    world: &'a World,
    access: Access,
}

impl Case<'_> {
    /// The visible scopes, whole and from each level on.
    fn filter(&self, visible: &[Option<Visibility>], tally: &mut Tally) {
        let scoped = |(at, row)| Some((scope(at, row), level(visible[at].as_ref()?.level)));
        let mut scopes: Vec<(Uuid, ShareLevel)> = self.world.rows.iter().enumerate().filter_map(scoped).collect();
        scopes.sort();
        self.same(self.access.visible().collect::<Vec<_>>(), scopes.iter().map(|it| it.0).collect(), "visible");
        for from in ShareLevel::ALL {
            let expected = scopes.iter().filter(|it| it.1 >= *from).map(|it| it.0).collect();
            self.same(self.access.visible_from(*from).collect::<Vec<_>>(), expected, "visible from a level");
        }
        tally.checks += 5;
    }

    /// Every action on a row, or on a new one like it, for every authority. What is hidden is hidden from all of them, so one
    /// is enough there, another one in the next world.
    fn questions(&self, like: &Row, subject: Subject<'_>, scope: Option<Uuid>, tally: &mut Tally) {
        let authorities = self.world.zones.len();
        let of_this_world = self.number as usize % authorities;
        let acting = match subject {
            Subject::Row(None) => of_this_world..of_this_world + 1,
            Subject::Row(Some(_)) | Subject::NewRow => 0..authorities,
        };
        for acting in acting {
            for action in Action::ALL {
                let question = Question { action, acting, area: like.area, field: like.field, subject };
                self.question(question, scope, tally);
            }
        }
    }

    /// One question, to decide, explain and grant.
    fn question(&self, question: Question<'_>, scope: Option<Uuid>, tally: &mut Tally) {
        let answer = answer(self.world, question);
        let action = policy_action(question.action);
        let object = Object {
            area: scope_area(question.area),
            tenant: tenant(question.acting),
            scope,
            field: question.field.map(field),
        };
        let decision = self.access.decide(action, &object);
        let explanation = self.access.explain(action, &object);
        if !is_decided(&answer, &decision) || !is_explained(&answer, &decision, &explanation, question) {
            self.fail(question, &answer, &decision, &explanation);
        }
        match self.access.grant(action, &object) {
            Ok(grant) => {
                assert!(explanation.allowed);
                let person = self.access.person().map(|_| PERSON);
                self.same((grant.tenant(), grant.person()), (object.tenant, person), "the grant");
            }
            Err(refused) => self.same(refused, decision, "the refused grant"),
        }
        tally.checks += 3;
        tally.count(question.action, &answer);
    }

    fn same<T: PartialEq + std::fmt::Debug>(&self, policy: T, expected: T, what: &str) {
        assert!(
            policy == expected,
            "world {}: {what}: {policy:?}, expected {expected:?}: {:#?}",
            self.number,
            self.world
        );
    }

    fn fail(&self, question: Question<'_>, answer: &Answer, decision: &AccessDecision, explanation: &Explanation) -> ! {
        panic!(
            "world {}: {question:?}: expected {answer:?}, decided {decision:?}, explained {explanation:?}: {:#?}",
            self.number, self.world
        )
    }
}

/// Whether the decision is the answer, by one of its rules.
fn is_decided(answer: &Answer, decision: &AccessDecision) -> bool {
    match (answer, decision) {
        (Answer::Allow(by), AccessDecision::Allow(shown, named)) => {
            *shown == level(by.level) && by.rules.iter().any(|rule| because(*rule) == *named)
        }
        (Answer::Deny(missing), AccessDecision::Deny(permission)) => permission.map(Permission::name) == *missing,
        (Answer::Hide, AccessDecision::Hide) | (Answer::SignIn, AccessDecision::SignIn) => true,
        _ => false,
    }
}

/// Whether the explanation is that of the decision: its level and rule, or how much is visible and what is missing.
fn is_explained(answer: &Answer, decision: &AccessDecision, explanation: &Explanation, question: Question<'_>) -> bool {
    let (shown, named) = match (decision, question.subject) {
        (AccessDecision::Allow(level, because), _) => (Some(*level), Some(because)),
        (_, Subject::Row(Some(visible))) => (Some(level(visible.level)), None),
        (_, Subject::Row(None) | Subject::NewRow) => (None, None),
    };
    let missing = match answer {
        Answer::Allow(_) => None,
        Answer::Hide => permission(Action::Read, question.area),
        Answer::SignIn | Answer::Deny(_) => permission(question.action, question.area),
    };
    explanation.allowed == matches!(answer, Answer::Allow(_))
        && explanation.level == shown
        && explanation.because.as_ref() == named
        && explanation.missing.map(Permission::name) == missing
}
