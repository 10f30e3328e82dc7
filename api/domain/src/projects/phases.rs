//! The life of a project: which phase leads where. Pure.

use entities::ProjectPhase as Phase;

/// Where a phase leads. A concept may be carried out without a funder; what was refused may be designed anew.
pub const fn next(phase: Phase) -> &'static [Phase] {
    match phase {
        Phase::Idea => &[Phase::Concept, Phase::Cancelled],
        Phase::Concept => &[Phase::Idea, Phase::Applied, Phase::Running, Phase::Cancelled],
        Phase::Applied => &[Phase::Concept, Phase::Approved, Phase::Rejected, Phase::Cancelled],
        Phase::Approved => &[Phase::Running, Phase::Cancelled],
        Phase::Running => &[Phase::Completed, Phase::Cancelled],
        Phase::Completed => &[Phase::Running, Phase::Evaluated],
        Phase::Rejected => &[Phase::Concept, Phase::Cancelled],
        Phase::Evaluated | Phase::Cancelled => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_is_reached_from_the_idea_and_only_two_are_the_end() {
        let mut reached = vec![Phase::Idea];
        let mut index = 0;
        while let Some(phase) = reached.get(index).copied() {
            for after in next(phase) {
                assert_ne!(*after, phase, "no phase leads to itself");
                if !reached.contains(after) {
                    reached.push(*after);
                }
            }
            index += 1;
        }
        assert_eq!(reached.len(), Phase::ALL.len());
        let ends: Vec<_> = Phase::ALL.iter().filter(|it| next(**it).is_empty()).collect();
        assert_eq!(ends, [&Phase::Evaluated, &Phase::Cancelled]);
    }
}
