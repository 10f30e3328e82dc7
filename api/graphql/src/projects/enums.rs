//! Closed sets of projects and their money in the schema.

use async_graphql::Enum;
use entities as e;

use crate::enums::closed_set;

closed_set! {
    /// Phase in the life of a project.
    ProjectPhase {
        /// Idea of the lead authority; phase of a new project.
        Idea,
        /// Concept, designed together with the partners.
        Concept,
        /// Application submitted to a funder. Requires a funding in state `APPLIED` or `APPROVED`.
        Applied,
        /// Funding approved, work not begun. Requires a funding in state `APPROVED`.
        Approved,
        /// Work in progress.
        Running,
        /// Work completed, evaluation still to come.
        Completed,
        /// Evaluation completed; final phase.
        Evaluated,
        /// Application rejected by the funder.
        Rejected,
        /// Project abandoned; final phase.
        Cancelled,
    }
}

closed_set! {
    /// State of an authority's partnership in a project.
    PartnerState {
        /// Invited by the lead, not yet accepted. An invited authority sees the project and its parts.
        Invited,
        /// Partnership accepted by the partner.
        Active,
        /// Partnership ended by the lead or by the partner.
        Ended,
    }
}

closed_set! {
    /// Role of a person in a project.
    ProjectRole {
        /// Head of the project, or of the work of one party.
        Lead,
        /// Member of the project team.
        Member,
        /// Contact person for questions about the project.
        Contact,
    }
}

closed_set! {
    /// Progress of a work package.
    WorkStatus {
        /// Work not begun.
        Planned,
        /// Work in progress.
        InProgress,
        /// Work completed.
        Done,
        /// Work package abandoned.
        Cancelled,
    }
}

closed_set! {
    /// Status of a milestone.
    MilestoneStatus {
        /// Milestone not yet reached, also after its due date.
        Open,
        /// Milestone reached.
        Reached,
        /// Milestone abandoned.
        Cancelled,
    }
}

closed_set! {
    /// Overall status of a project, as traffic light.
    TrafficLight {
        /// Project on plan.
        Green,
        /// Plan at risk.
        Yellow,
        /// Project off plan.
        Red,
    }
}

closed_set! {
    /// Kind of a project document.
    DocumentKind {
        /// Concept of the project.
        Concept,
        /// Application to a funder.
        Application,
        /// Notice of grant ("Zuwendungsbescheid").
        NoticeOfGrant,
        /// Report on the project.
        Report,
        /// Proof of use of the grant ("Verwendungsnachweis").
        ProofOfUse,
        /// Agreement between the parties or with others.
        Agreement,
        /// Any other document.
        Other,
    }
}

closed_set! {
    /// State of a funding.
    FundingState {
        /// Application in preparation; state of a new funding.
        Prepared,
        /// Application submitted to the funder, not yet decided.
        Applied,
        /// Application approved by the funder.
        Approved,
        /// Application rejected by the funder.
        Rejected,
        /// Application or grant given up by the recipient; final state.
        Withdrawn,
    }
}

closed_set! {
    /// Type of cost.
    CostType {
        /// Staff cost.
        Staff,
        /// Travel cost.
        Travel,
        /// Cost of events.
        Events,
        /// Cost of material.
        Material,
        /// Cost of contracts with third parties.
        Contracts,
        /// Cost of equipment.
        Equipment,
        /// Overhead cost.
        Overhead,
        /// Any other cost.
        Other,
    }
}

closed_set! {
    /// Kind of an obligation to a funder.
    ObligationKind {
        /// Call for funds ("Mittelabruf").
        CallForFunds,
        /// Interim report or interim proof ("Zwischennachweis").
        InterimReport,
        /// Proof of use of the grant ("Verwendungsnachweis").
        ProofOfUse,
        /// Retention of all records until the due date.
        Retention,
        /// Any other obligation.
        Other,
    }
}

closed_set! {
    /// State of an obligation.
    ObligationState {
        /// Obligation still to be fulfilled.
        Open,
        /// Obligation fulfilled.
        Fulfilled,
        /// Obligation waived by the funder, or no longer required by the rules of the programme.
        Waived,
    }
}
